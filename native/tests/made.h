// What several test programs make their examples from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

constexpr float nan_float = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

// An element's number where it was found by counting in whole numbers.
inline std::size_t index(int number) {
    return static_cast<std::size_t>(number);
}

// Numbers from the generator itself: the library's distributions differ between implementations.
class Random {
public:
    explicit Random(unsigned seed) : generator_(seed) {}

    std::uint32_t bits() { return static_cast<std::uint32_t>(generator_()); }
    int between(int low, int high) { return low + static_cast<int>(bits() % static_cast<unsigned>(high - low + 1)); }
    float uniform(float low, float high) { return low + (high - low) * static_cast<float>(bits() >> 8) / (1 << 24); }

    std::vector<std::uint8_t> bytes(std::size_t count) {
        std::vector<std::uint8_t> made(count);
        std::generate(made.begin(), made.end(), [this] { return static_cast<std::uint8_t>(bits() >> 24); });
        return made;
    }

private:
    std::mt19937 generator_;
};

// FNV-1a over the bytes of values.
class Hash {
public:
    template <typename Value>
    void add(const std::vector<Value>& values) {
        for (const Value& value : values) {
            std::uint8_t bytes[sizeof(Value)];
            std::memcpy(bytes, &value, sizeof(Value));
            for (const std::uint8_t byte : bytes) {
                value_ = (value_ ^ byte) * 1099511628211U;
            }
        }
    }

    // Tells what it is where that is something else.
    bool is(std::uint64_t expected) const {
        if (value_ != expected) {
            std::fprintf(stderr, "the hash is 0x%016llx\n", static_cast<unsigned long long>(value_));
        }
        return value_ == expected;
    }

private:
    std::uint64_t value_ = 14695981039346656037U;
};

template <typename Value>
bool same_bits(const std::vector<Value>& a, const std::vector<Value>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0);
}

// `count` elements with room before and behind that nobody may write to.
template <typename Value>
class Guarded {
public:
    explicit Guarded(std::size_t count) : bytes_(count * sizeof(Value) + 2 * room, mark) {}

    Value* data() { return reinterpret_cast<Value*>(bytes_.data() + room); }

    bool is_intact() const {
        const auto is_mark = [](std::uint8_t byte) { return byte == mark; };
        return std::all_of(bytes_.begin(), bytes_.begin() + room, is_mark) &&
               std::all_of(bytes_.end() - room, bytes_.end(), is_mark);
    }

private:
    static constexpr int room = 256;
    static constexpr std::uint8_t mark = 0xA5;

    std::vector<std::uint8_t> bytes_;
};
