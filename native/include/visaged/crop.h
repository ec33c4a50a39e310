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

// How a grey level becomes a network's input: (grey - mean[channel]) * scale, channels B, G, R.
struct Normalisation {
    float mean[3];
    float scale;
};

// A network's input: three planes B, G, R of `height` rows of `width` floats, owned by the caller.
struct Tensor {
    float* data;
    int width;
    int height;
};

constexpr int max_side = 1 << 15;        // of a ROI after rounding, and of a network's input, in pixels
constexpr int max_coordinate = 1 << 20;  // of a ROI's corners, and of the picture's width and height, in pixels

// Which code does the work; both give the same bits. `fastest` is chosen by what the CPU can do.
enum class Kernel { fastest, scalar };

// Cuts `roi` out of `image`, resizes it to the size of `out` and normalises it.
//
// The corners are rounded to integers, halves to even; what lies outside the image is black. The resize is bilinear
// in the fixed-point arithmetic of OpenCV's INTER_LINEAR for 8-bit pictures (11-bit weights, the result rounded to a
// grey level), because that is what 3DDFA_V2's network was trained and is quoted with.
//
// `out` must not overlap the image. Throws std::invalid_argument where the ROI is not finite, empty, or beyond the
// limits above, where a side of `out` is not in [1, max_side], or where the image breaks its preconditions.
void crop(const ImageView& image, const Roi& roi, const Normalisation& normalisation, const Tensor& out,
          Kernel kernel = Kernel::fastest);

}  // namespace visaged
