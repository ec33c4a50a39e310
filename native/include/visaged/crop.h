// Image region -> network input, in one pass and without an intermediate picture.
#pragma once

#include <cstddef>
#include <cstdint>

#include "visaged/roi.h"

namespace visaged {

// A borrowed BGR picture: `height` rows of `width` 3-byte pixels, `row_stride` bytes from one row to the next.
// Precondition: 1 <= width, height <= max_coordinate; row_stride >= 3 * width. Nothing outside the pixels is read.
struct ImageView {
    const std::uint8_t* data;
    int width;
    int height;
    std::ptrdiff_t row_stride;
};

constexpr int max_side = 1 << 15;        // of a ROI after rounding, and of the network input, in pixels
constexpr int max_coordinate = 1 << 20;  // of a ROI's corners, and of the picture's width and height, in pixels

// Which code does the work; both give the same bits. `fastest` is chosen by what the CPU can do.
enum class Kernel { fastest, scalar };

// Cuts `roi` out of `image`, resizes it to `size` x `size` and normalises it to (grey - 127.5) / 128.
//
// The corners are rounded to integers, halves to even; what lies outside the image is black. The resize is bilinear
// in the fixed-point arithmetic of OpenCV's INTER_LINEAR for 8-bit pictures (11-bit weights, the result rounded to a
// grey level), because that is what 3DDFA_V2's network was trained and is quoted with.
//
// `out`: 3 * size * size floats (planes B, G, R), owned by the caller, not overlapping the image.
// Throws std::invalid_argument where the ROI is not finite, empty, or beyond the limits above, where size is not in
// [1, max_side], or where the image breaks its preconditions.
void crop(const ImageView& image, const Roi& roi, int size, float* out, Kernel kernel = Kernel::fastest);

}  // namespace visaged
