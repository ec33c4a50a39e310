// What the two ways of finding a triangle's pixels share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace visaged {

constexpr int fraction_bits = 8;
constexpr std::int32_t one_pixel = 1 << fraction_bits;
constexpr std::int32_t nowhere = INT32_MIN;     // x of a vertex that cannot be drawn
constexpr std::int32_t small_extent = 1 << 14;  // 64 pixels: the edge functions of smaller triangles fit 32 bits

// A vertex on the screen, four words: x and y in 1/256 pixel.
struct ScreenVertex {
    std::int32_t x, y;
    float z;
    std::uint8_t colour[4];
};

struct Corners {
    std::int32_t a, b, c;
};

// The pixels of the image that the canvas covers, all inclusive.
struct Window {
    std::int32_t left, top, right, bottom;
};

// Pixels looked at together: `grid_width` columns from the leftmost centre inside the bounding box, `grid_height` rows.
constexpr int grid_width = 8, grid_height = 4;
constexpr int max_group = 8;

// What was found of a group of neighbouring triangles; arrays have an element a triangle, bits belong to triangles
// likewise. `small` are those that cover pixels of one grid, `large` those that were left to be looked at one by one,
// all others cover none. `pixels`: bit row * grid_width + column, from `left` and `top` (canvas pixels); b and c are
// the edge functions opposite to those corners at (left, top), and their steps to the right and down.
struct Group {
    std::uint32_t small, large;
    std::int32_t pixels[max_group];
    std::int32_t left[max_group], top[max_group], area[max_group];
    std::int32_t b[max_group], b_right[max_group], b_down[max_group];
    std::int32_t c[max_group], c_right[max_group], c_down[max_group];
};

#if defined(__x86_64__)
constexpr int group_size = 8;
#elif defined(__aarch64__)
constexpr int group_size = 4;
#else
constexpr int group_size = 0;  // no fast path: find_simd does not exist
#endif

// Looks at `groups` times group_size triangles. For CPUs with AVX2 or NEON.
void find_simd(const ScreenVertex* vertices, const Corners* triangles, std::size_t groups, const Window& window,
               Group* found);

}  // namespace visaged
