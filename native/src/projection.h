// From model space to the image.
#pragma once

#include <stdexcept>

#include "visaged/roi.h"

namespace visaged {

struct Point {
    float x, y, z;
};

// A v + t in the crop (1-based, y up: Matlab's), and from there to image pixels; z is at image scale and starts at the
// crop's plane.
class Projection {
public:
    // `camera`: row-major 3x4 [A | t]. `size`: the side of the crop that `roi` became.
    Projection(const float* camera, const Roi& roi, int size) : a_(camera) {
        if (size <= 0) {
            throw std::invalid_argument("size, the side of the crop in pixels, must be positive");
        }
        scale_x_ = static_cast<float>((roi.x2 - roi.x1) / size);
        scale_y_ = static_cast<float>((roi.y2 - roi.y1) / size);
        left_ = static_cast<float>(roi.x1);
        top_ = static_cast<float>(roi.y1);
        side_ = static_cast<float>(size);
    }

    Point operator()(float vx, float vy, float vz) const {
        const float x = a_[0] * vx + a_[1] * vy + a_[2] * vz + a_[3];
        const float y = a_[4] * vx + a_[5] * vy + a_[6] * vz + a_[7];
        const float z = a_[8] * vx + a_[9] * vy + a_[10] * vz + a_[11];
        return {(x - 1) * scale_x_ + left_, (side_ - y) * scale_y_ + top_, (z - 1) * (scale_x_ + scale_y_) / 2};
    }

private:
    const float* a_;
    float scale_x_, scale_y_, left_, top_, side_;
};

}  // namespace visaged
