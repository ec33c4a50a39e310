#include "visaged/pose.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace visaged {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double degrees = 57.295779513082320876798154814105;

using Vector = std::array<double, 3>;

double dot(const Vector& a, const Vector& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector cross(const Vector& a, const Vector& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

// Three columns.
using Matrix = std::array<Vector, 3>;

// Turns columns i and j by the angle whose cosine and sine are given.
void rotate_columns(Matrix& m, int i, int j, double cosine, double sine) {
    for (int row = 0; row < 3; ++row) {
        const double a = m[i][row], b = m[j][row];
        m[i][row] = cosine * a - sine * b;
        m[j][row] = sine * a + cosine * b;
    }
}

// One-sided Jacobi (Hestenes 1958): A becomes A V with orthogonal columns, so its column lengths are the singular
// values. Returns V. Works on A itself, not on its square, and so keeps small singular values exact.
Matrix orthogonalise(Matrix& a) {
    Matrix v = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    constexpr int most_sweeps = 30;  // five are usual; the bound is for rounding that never settles
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        bool settled = true;
        for (const auto& [i, j] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}}) {
            const double overlap = dot(a[i], a[j]);
            const double left = dot(a[i], a[i]), right = dot(a[j], a[j]);
            if (std::abs(overlap) <= 1e-15 * std::sqrt(left * right)) {
                continue;
            }
            settled = false;
            const double zeta = (right - left) / (2 * overlap);
            const double tangent = std::copysign(1 / (std::abs(zeta) + std::hypot(1, zeta)), zeta);
            const double cosine = 1 / std::hypot(1, tangent);
            rotate_columns(a, i, j, cosine, cosine * tangent);
            rotate_columns(v, i, j, cosine, cosine * tangent);
        }
        if (settled) {
            break;
        }
    }
    return v;
}

// Shepperd's method (1978): divides by the largest of the four components, never by a small one.
std::array<double, 4> to_quaternion(const std::array<double, 9>& r) {
    const double trace = r[0] + r[4] + r[8];
    const std::array<double, 4> squares = {trace, r[0], r[4], r[8]};  // order of w, x, y, z by size
    const auto largest = std::max_element(squares.begin(), squares.end()) - squares.begin();
    std::array<double, 4> q{};
    if (largest == 0) {
        q = {1 + trace, r[7] - r[5], r[2] - r[6], r[3] - r[1]};
    } else if (largest == 1) {
        q = {r[7] - r[5], 1 + r[0] - r[4] - r[8], r[1] + r[3], r[2] + r[6]};
    } else if (largest == 2) {
        q = {r[2] - r[6], r[1] + r[3], 1 + r[4] - r[0] - r[8], r[5] + r[7]};
    } else {
        q = {r[3] - r[1], r[2] + r[6], r[5] + r[7], 1 + r[8] - r[0] - r[4]};
    }
    const double length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    const double signed_length = std::copysign(length, q[0]);  // q and -q are the same rotation
    for (double& component : q) {
        component /= signed_length;
    }
    return q;
}

// Inverse of R = Rx(pitch) Ry(yaw) Rz(roll) with the matrices of AFLW2000-3D. At yaw = +-90 degrees pitch and roll turn
// about the same axis: all of it is called pitch.
void set_angles(Pose& pose) {
    const auto& r = pose.rotation;
    const bool locked = std::hypot(r[0], r[1]) < 1e-7;
    pose.yaw = degrees * std::asin(std::clamp(-r[2], -1.0, 1.0));
    pose.pitch = degrees * (locked ? std::atan2(-r[7], r[4]) : std::atan2(r[5], r[8]));
    pose.roll = degrees * (locked ? 0.0 : std::atan2(r[1], r[0]));
}

}  // namespace

Pose pose(const float* camera) noexcept {
    Pose result{};
    result.rotation.fill(nan);
    result.quaternion.fill(nan);
    result.yaw = result.pitch = result.roll = result.scale = nan;
    result.distortion = std::numeric_limits<double>::infinity();

    Matrix a{};
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) {
            a[column][row] = camera[4 * row + column];
            if (!std::isfinite(a[column][row])) {
                return result;
            }
        }
    }
    const bool mirrored = dot(a[0], cross(a[1], a[2])) < 0;
    const Matrix v = orthogonalise(a);
    const Vector sigma = {std::sqrt(dot(a[0], a[0])), std::sqrt(dot(a[1], a[1])), std::sqrt(dot(a[2], a[2]))};
    const auto [smallest, largest] = std::minmax_element(sigma.begin(), sigma.end());
    if (mirrored || *smallest <= 1e-6 * *largest) {  // beyond what float32 parameters can tell from singular
        return result;
    }
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) {
            double& cell = result.rotation[3 * row + column];
            cell = 0;
            for (int k = 0; k < 3; ++k) {
                cell += a[k][row] / sigma[k] * v[k][column];
            }
        }
    }
    result.quaternion = to_quaternion(result.rotation);
    set_angles(result);
    result.scale = (sigma[0] + sigma[1] + sigma[2]) / 3;
    result.distortion = *largest / *smallest - 1;
    return result;
}

}  // namespace visaged
