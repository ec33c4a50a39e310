// Camera parameters -> head pose.
#pragma once

#include <array>

namespace visaged {

// Head orientation; head to camera, x right, y up, z out of the screen at the viewer.
struct Pose {
    std::array<double, 9> rotation;    // row-major, orthonormal, determinant +1
    std::array<double, 4> quaternion;  // w, x, y, z with w >= 0, the same rotation
    double yaw, pitch, roll;           // degrees: rotation = Rx(pitch) Ry(yaw) Rz(roll) as in AFLW2000-3D
    double scale;                      // mean singular value of A: pixels of the crop per model unit
    double distortion;                 // largest / smallest singular value - 1: 0 where A is a scaled rotation
};

// `camera`: 12 floats, row-major 3x4 [A | t]. The rotation is the nearest to A in the Frobenius norm (the orthogonal
// factor of its polar decomposition). Where A is not finite, singular or mirrored, everything is NaN and distortion
// is infinite: a network may say anything. Never throws.
Pose pose(const float* camera) noexcept;

}  // namespace visaged
