// Image region -> network input, in one pass and without an intermediate picture.
#pragma once

#include <cstddef>
#include <cstdint>

#include "visaged/image.h"
#include "visaged/kernel.h"
#include "visaged/roi.h"

namespace visaged {

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

constexpr int max_side = 1 << 15;  // of a ROI after rounding, and of a network's input, in pixels

// Cuts `roi` out of `image`, resizes it to the size of `out` and normalises it.
//
// The corners are rounded to integers, halves to even; what lies outside the image is black. The resize is bilinear
// in the fixed-point arithmetic of OpenCV's INTER_LINEAR for 8-bit pictures (11-bit weights, the result rounded to a
// grey level), because that is what 3DDFA_V2's network was trained and is quoted with.
//
// `out` must not overlap the image. Throws std::invalid_argument where the ROI is not finite, empty, has a longer
// side or a corner beyond max_coordinate, where a side of `out` is not in [1, max_side], or where the image breaks its
// preconditions.
void crop(const ImageView& image, const Roi& roi, const Normalisation& normalisation, const Tensor& out,
          Kernel kernel = Kernel::fastest);

}  // namespace visaged
