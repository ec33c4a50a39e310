// Morphable-model parameters -> landmarks in the image.
#pragma once

#include <cstddef>
#include <vector>

#include "visaged/roi.h"

namespace visaged {

// The rows of a linear morphable model that belong to a few landmarks.
//
// With parameters p = [12 camera values | K coefficients], the first 12 being a row-major 3x4 matrix [A | t], a vertex
// is v = mean + basis * coefficients, and lies at A v + t in the crop (1-based, y up; Guo et al., 3DDFA_V2, ECCV 2020).
class LandmarkModel {
public:
    // Copies `mean` (3 * landmarks floats, x y z of each landmark in turn, model units) and `basis` (row-major,
    // 3 * landmarks rows of `coefficients` columns). Throws std::invalid_argument where landmarks or coefficients is 0.
    LandmarkModel(const float* mean, const float* basis, std::size_t landmarks, std::size_t coefficients);

    std::size_t landmarks() const { return mean_.size() / 3; }
    std::size_t coefficients() const { return basis_.size() / mean_.size(); }
    std::size_t parameters() const { return 12 + coefficients(); }

    // Writes x, y (image pixels) and z (pixels, larger is nearer to the camera, zero at the crop's plane) of each
    // landmark to `out`, 3 * landmarks() floats owned by the caller.
    // `params`: parameters() floats, de-normalised. `roi`: what was cropped, `size`: the side of the crop, in pixels,
    // > 0 (std::invalid_argument). Values that are not finite pass through to the result. Safe to call from many
    // threads.
    void project(const float* params, const Roi& roi, int size, float* out) const;

private:
    std::vector<float> shape(const float* coefficients) const;

    std::vector<float> mean_;
    std::vector<float> basis_;  // transposed: one contiguous column of the model after the other
};

// The tight box around `count` landmarks (x, y, z of each in turn); NaN throughout where a coordinate is not finite.
// Throws std::invalid_argument where there are none.
Roi bounds(const float* landmarks, std::size_t count);

}  // namespace visaged
