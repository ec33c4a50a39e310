// The one room for SIMD: a handful of operations on 32-bit lanes, in AVX2 and in NEON, so that the algorithm is
// written once. Included only by files that are compiled for such a CPU; everything here is local to the file.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#error "no SIMD for this target: do not compile this file"
#endif

namespace visaged {
namespace {

#if defined(__AVX2__)
using Lanes = __m256i;
constexpr int lanes = 8;
#else
using Lanes = uint32x4_t;
constexpr int lanes = 4;
#endif

// Two neighbouring BGR pixels of each lane, by channel; a lane holds the left pixel in its low 16 bits, the right one
// in the high 16.
struct ChannelPairs {
    Lanes channel[3];
};

// The first two fields of records, a record a lane.
struct Records {
    Lanes field[2];
};

// The six bytes of two pixels in the low end of a word: either with whatever follows them, or by reading no more.
struct RoomyRead {
    static std::uint64_t at(const std::uint8_t* pixels) {
        std::uint64_t word;
        std::memcpy(&word, pixels, 8);
        return word;
    }
};

struct TightRead {
    static std::uint64_t at(const std::uint8_t* pixels) {
        std::uint32_t low;
        std::uint16_t high;
        std::memcpy(&low, pixels, 4);
        std::memcpy(&high, pixels + 4, 2);
        return low | static_cast<std::uint64_t>(high) << 32;
    }
};

#if defined(__AVX2__)

inline Lanes load(const std::int32_t* source) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(source));
}

inline Lanes fill(std::int32_t value) {
    return _mm256_set1_epi32(value);
}

inline Lanes add(Lanes a, Lanes b) {
    return _mm256_add_epi32(a, b);
}

template <int bits>
inline Lanes shift_right(Lanes a) {
    return _mm256_srli_epi32(a, bits);
}

// low * low + high * high of the signed 16-bit halves.
inline Lanes multiply_add_halves(Lanes a, Lanes b) {
    return _mm256_madd_epi16(a, b);
}

// (a * b) >> 16 for 0 <= a, b < 32768.
inline Lanes multiply_high(Lanes a, Lanes b) {
    return _mm256_mulhi_epi16(a, b);
}

inline void store(std::int32_t* target, Lanes value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(target), value);
}

// Running sums, one a lane, of products of two neighbouring 8-bit values with a pair of 16-bit weights.
struct PairSums {
    Lanes sums;
};

inline void add_products(PairSums& total, const std::int8_t* values, Lanes weights) {
    const __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)));
    total.sums = _mm256_add_epi32(total.sums, _mm256_madd_epi16(wide, weights));
}

inline Lanes sum_of(const PairSums& total) {
    return total.sums;
}

// Writes value * scale + shift as floats.
inline void store_scaled(float* target, Lanes value, float scale, float shift) {
    const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(value), _mm256_set1_ps(scale));
    _mm256_storeu_ps(target, _mm256_add_ps(product, _mm256_set1_ps(shift)));
}

template <typename Read>
inline ChannelPairs load_pairs(const std::uint8_t* row, const std::int32_t* offsets) {
    const auto pair = [&](int lane) { return static_cast<long long>(Read::at(row + offsets[lane])); };
    // The instructions below work on 128-bit halves; this order comes out as 0 1 2 3 | 4 5 6 7.
    const __m256i even = _mm256_set_epi64x(pair(5), pair(4), pair(1), pair(0));
    const __m256i odd = _mm256_set_epi64x(pair(7), pair(6), pair(3), pair(2));
    // Of each pair B G R b g r: the words B G b g of both, then R 0 r 0 of both.
    const __m256i order =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 3, 4, 8, 9, 11, 12, 2, -1, 5, -1, 10, -1, 13, -1));
    const __m256i even_words = _mm256_shuffle_epi8(even, order), odd_words = _mm256_shuffle_epi8(odd, order);
    const __m256i blue_green = _mm256_unpacklo_epi64(even_words, odd_words);
    const __m256i red = _mm256_unpackhi_epi64(even_words, odd_words);
    return {{_mm256_and_si256(blue_green, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16(blue_green, 8), red}};
}

inline Lanes subtract(Lanes a, Lanes b) {
    return _mm256_sub_epi32(a, b);
}

// The low 32 bits of the product.
inline Lanes multiply(Lanes a, Lanes b) {
    return _mm256_mullo_epi32(a, b);
}

inline Lanes smaller(Lanes a, Lanes b) {
    return _mm256_min_epi32(a, b);
}

inline Lanes larger(Lanes a, Lanes b) {
    return _mm256_max_epi32(a, b);
}

template <int bits>
inline Lanes shift_left(Lanes a) {
    return _mm256_slli_epi32(a, bits);
}

template <int bits>
inline Lanes shift_right_signed(Lanes a) {
    return _mm256_srai_epi32(a, bits);
}

// Comparisons of signed numbers: all bits of a lane are set where it is true.
inline Lanes greater(Lanes a, Lanes b) {
    return _mm256_cmpgt_epi32(a, b);
}

inline Lanes equal(Lanes a, Lanes b) {
    return _mm256_cmpeq_epi32(a, b);
}

inline Lanes both(Lanes a, Lanes b) {
    return _mm256_and_si256(a, b);
}

inline Lanes either(Lanes a, Lanes b) {
    return _mm256_or_si256(a, b);
}

// The bits of a that are not in b.
inline Lanes without(Lanes a, Lanes b) {
    return _mm256_andnot_si256(b, a);
}

// A bit a lane, of the result of a comparison.
inline std::uint32_t bits_of(Lanes a) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(a)));
}

// The first two words of four-word records: lane i is record numbers[3 * i] of those that start at `base`.
inline Records load_records(const std::int32_t* base, const std::int32_t* numbers) {
    const auto record = [=](int lane) {
        return _mm_loadu_si128(
            reinterpret_cast<const __m128i*>(base + 4 * static_cast<std::ptrdiff_t>(numbers[3 * lane])));
    };
    // The instructions below work on 128-bit halves: lanes 0 to 3 in the low ones, 4 to 7 in the high ones.
    const auto two = [&](int lane) {
        return _mm256_inserti128_si256(_mm256_castsi128_si256(record(lane)), record(lane + 4), 1);
    };
    const __m256i r0 = two(0), r1 = two(1), r2 = two(2), r3 = two(3);
    const __m256i xy01 = _mm256_unpacklo_epi32(r0, r1), xy23 = _mm256_unpacklo_epi32(r2, r3);
    return {{_mm256_unpacklo_epi64(xy01, xy23), _mm256_unpackhi_epi64(xy01, xy23)}};
}

#else

inline Lanes load(const std::int32_t* source) {
    return vreinterpretq_u32_s32(vld1q_s32(source));
}

inline Lanes fill(std::int32_t value) {
    return vdupq_n_u32(static_cast<std::uint32_t>(value));
}

inline Lanes add(Lanes a, Lanes b) {
    return vaddq_u32(a, b);
}

template <int bits>
inline Lanes shift_right(Lanes a) {
    return vshrq_n_u32(a, bits);
}

// low * low + high * high of the 16-bit halves, which are not negative here.
inline Lanes multiply_add_halves(Lanes a, Lanes b) {
    const uint16x8_t x = vreinterpretq_u16_u32(a), y = vreinterpretq_u16_u32(b);
    return vpaddq_u32(vmull_u16(vget_low_u16(x), vget_low_u16(y)), vmull_high_u16(x, y));
}

// (a * b) >> 16 for 0 <= a, b < 32768.
inline Lanes multiply_high(Lanes a, Lanes b) {
    return vshrq_n_u32(vmulq_u32(a, b), 16);
}

inline void store(std::int32_t* target, Lanes value) {
    vst1q_s32(target, vreinterpretq_s32_u32(value));
}

// Running sums of products of two neighbouring 8-bit values with a pair of 16-bit weights; the neighbours of the first
// two lanes are summed up apart in `front`, those of the other two in `back`.
struct PairSums {
    int32x4_t front, back;
};

inline void add_products(PairSums& total, const std::int8_t* values, Lanes weights) {
    const int16x8_t wide = vmovl_s8(vld1_s8(values)), factors = vreinterpretq_s16_u32(weights);
    total.front = vmlal_s16(total.front, vget_low_s16(wide), vget_low_s16(factors));
    total.back = vmlal_high_s16(total.back, wide, factors);
}

inline Lanes sum_of(const PairSums& total) {
    return vreinterpretq_u32_s32(vpaddq_s32(total.front, total.back));
}

// Writes value * scale + shift as floats.
inline void store_scaled(float* target, Lanes value, float scale, float shift) {
    vst1q_f32(target, vaddq_f32(vmulq_n_f32(vcvtq_f32_u32(value), scale), vdupq_n_f32(shift)));
}

template <typename Read>
inline ChannelPairs load_pairs(const std::uint8_t* row, const std::int32_t* offsets) {
    const auto pair = [&](int lane) { return vcreate_u8(Read::at(row + offsets[lane])); };
    const uint8x16_t front = vcombine_u8(pair(0), pair(1)), back = vcombine_u8(pair(2), pair(3));
    // Of each pair B G R b g r: the words B G b g of both, then R 0 r 0 of both (255 reads as 0).
    const uint8x16_t order = {0, 1, 3, 4, 8, 9, 11, 12, 2, 255, 5, 255, 10, 255, 13, 255};
    const uint64x2_t front_words = vreinterpretq_u64_u8(vqtbl1q_u8(front, order));
    const uint64x2_t back_words = vreinterpretq_u64_u8(vqtbl1q_u8(back, order));
    const Lanes blue_green = vreinterpretq_u32_u64(vzip1q_u64(front_words, back_words));
    const Lanes red = vreinterpretq_u32_u64(vzip2q_u64(front_words, back_words));
    const Lanes green = vreinterpretq_u32_u16(vshrq_n_u16(vreinterpretq_u16_u32(blue_green), 8));
    return {{vandq_u32(blue_green, vdupq_n_u32(0x00FF00FF)), green, red}};
}

inline Lanes subtract(Lanes a, Lanes b) {
    return vsubq_u32(a, b);
}

// The low 32 bits of the product.
inline Lanes multiply(Lanes a, Lanes b) {
    return vmulq_u32(a, b);
}

inline int32x4_t as_signed(Lanes a) {
    return vreinterpretq_s32_u32(a);
}

inline Lanes as_lanes(int32x4_t a) {
    return vreinterpretq_u32_s32(a);
}

inline Lanes smaller(Lanes a, Lanes b) {
    return as_lanes(vminq_s32(as_signed(a), as_signed(b)));
}

inline Lanes larger(Lanes a, Lanes b) {
    return as_lanes(vmaxq_s32(as_signed(a), as_signed(b)));
}

template <int bits>
inline Lanes shift_left(Lanes a) {
    return vshlq_n_u32(a, bits);
}

template <int bits>
inline Lanes shift_right_signed(Lanes a) {
    return as_lanes(vshrq_n_s32(as_signed(a), bits));
}

// Comparisons of signed numbers: all bits of a lane are set where it is true.
inline Lanes greater(Lanes a, Lanes b) {
    return vcgtq_s32(as_signed(a), as_signed(b));
}

inline Lanes equal(Lanes a, Lanes b) {
    return vceqq_u32(a, b);
}

inline Lanes both(Lanes a, Lanes b) {
    return vandq_u32(a, b);
}

inline Lanes either(Lanes a, Lanes b) {
    return vorrq_u32(a, b);
}

// The bits of a that are not in b.
inline Lanes without(Lanes a, Lanes b) {
    return vbicq_u32(a, b);
}

// A bit a lane, of the result of a comparison.
inline std::uint32_t bits_of(Lanes a) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(a, bit));
}

// The first two words of four-word records: lane i is record numbers[3 * i] of those that start at `base`.
inline Records load_records(const std::int32_t* base, const std::int32_t* numbers) {
    const auto record = [=](int lane) { return vld1q_s32(base + 4 * static_cast<std::ptrdiff_t>(numbers[3 * lane])); };
    const int32x4_t r0 = record(0), r1 = record(1), r2 = record(2), r3 = record(3);
    const int64x2_t xy01 = vreinterpretq_s64_s32(vzip1q_s32(r0, r1)), xy23 = vreinterpretq_s64_s32(vzip1q_s32(r2, r3));
    return {{vreinterpretq_u32_s64(vzip1q_s64(xy01, xy23)), vreinterpretq_u32_s64(vzip2q_s64(xy01, xy23))}};
}

#endif

}  // namespace
}  // namespace visaged
