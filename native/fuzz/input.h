// Numbers out of the bytes that a fuzzer makes up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

// Ends the program, and so the search, where something is not as it should be.
inline void must(bool holds) {
    if (!holds) {
        std::abort();
    }
}

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

    template <typename Value>
    Value take() {  // zero when nothing is left
        Value value{};
        const std::size_t count = std::min(sizeof(Value), static_cast<std::size_t>(end_ - next_));
        std::memcpy(&value, next_, count);
        next_ += count;
        return value;
    }

    int between(int low, int high) { return low + take<std::uint16_t>() % (high - low + 1); }

    // Mostly a place in or around a small picture, often on a pixel's centre or half way; else any bits at all.
    float number() {
        const int kind = take<std::uint8_t>();
        if (kind < 8) {
            return take<float>();
        }
        return static_cast<float>(take<std::int16_t>()) / static_cast<float>(1 << (kind % 16));
    }

    std::vector<float> numbers(std::size_t count) {
        std::vector<float> made(count);
        std::generate(made.begin(), made.end(), [this] { return number(); });
        return made;
    }

    // Vertex numbers of so many triangles; any there are.
    std::vector<std::int32_t> triangles(int count, int vertices) {
        std::vector<std::int32_t> made(3 * static_cast<std::size_t>(count));
        std::generate(made.begin(), made.end(), [=] { return take<std::uint8_t>() % vertices; });
        return made;
    }

    std::vector<std::uint8_t> bytes(std::size_t count) {
        std::vector<std::uint8_t> made(count);
        std::generate(made.begin(), made.end(), [this] { return take<std::uint8_t>(); });
        return made;
    }

private:
    const std::uint8_t *next_, *end_;
};
