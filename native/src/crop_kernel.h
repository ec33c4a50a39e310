// What the two ways of cropping share: where each output pixel comes from, and in which arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>

namespace visaged {

// OpenCV's fixed point: weights are 11-bit, the sum over x loses 4 bits, each product over y another 16, and the last
// two are rounded away: 11 + 11 - 4 - 16 = 2.
constexpr int weight_one = 1 << 11;
constexpr int drop_after_x = 4;
constexpr int drop_after_y = 16;
constexpr int drop_at_end = 2;
constexpr int half_at_end = 1 << (drop_at_end - 1);

// The normalisation as the kernels apply it: grey * scale + shift[channel].
struct Line {
    float scale;
    float shift[3];
};

// Two neighbouring positions on one axis of the image, perhaps outside it, and how much each counts.
struct Tap {
    int first, second;
    int first_weight, second_weight;
};

// For each column of the output: where in an image row the left one of two neighbouring pixels starts, in bytes, and
// the weights of the two as 16-bit halves (left in the low one). What lies outside the image weighs nothing.
// The first `roomy` columns may read eight bytes there; the others must not read more than the two pixels' six.
struct Columns {
    const std::int32_t* offsets;
    const std::int32_t* weights;
    int count;
    int roomy;
};

// Writes one row of the three output planes, `plane` floats apart, from two image rows that count row_weights[0] and
// row_weights[1]. Precondition: columns.count >= simd_lanes.
using RowKernel = void (*)(const std::uint8_t* const rows[2], const int row_weights[2], const Columns& columns,
                           const Line& line, float* out, std::ptrdiff_t plane);

#if defined(__x86_64__)
constexpr int simd_lanes = 8;
#elif defined(__aarch64__)
constexpr int simd_lanes = 4;
#else
constexpr int simd_lanes = 0;  // no fast path: crop_row_simd does not exist
#endif

// For CPUs with AVX2 or NEON.
void crop_row_simd(const std::uint8_t* const rows[2], const int row_weights[2], const Columns& columns,
                   const Line& line, float* out, std::ptrdiff_t plane);

}  // namespace visaged
