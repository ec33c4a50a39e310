// Pose: recomposition, the properties that define the polar factor, gimbal lock, degenerate matrices.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "check.h"
#include "visaged/pose.h"

namespace {

using Matrix = std::array<double, 9>;

constexpr double radians = 0.017453292519943295;

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix c{};
    for (int i = 0; i < 9; ++i) {
        for (int k = 0; k < 3; ++k) {
            c[i] += a[i / 3 * 3 + k] * b[3 * k + i % 3];
        }
    }
    return c;
}

Matrix transposed(const Matrix& m) {
    return {m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]};
}

// Rx(pitch) Ry(yaw) Rz(roll) of AFLW2000-3D, in degrees.
Matrix composed(double yaw, double pitch, double roll) {
    const double cp = std::cos(pitch * radians), sp = std::sin(pitch * radians);
    const double cy = std::cos(yaw * radians), sy = std::sin(yaw * radians);
    const double cr = std::cos(roll * radians), sr = std::sin(roll * radians);
    return product({1, 0, 0, 0, cp, sp, 0, -sp, cp},
                   product({cy, 0, -sy, 0, 1, 0, sy, 0, cy}, {cr, sr, 0, -sr, cr, 0, 0, 0, 1}));
}

Matrix of_quaternion(const std::array<double, 4>& q) {
    const auto [w, x, y, z] = q;
    return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
            2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

double difference(const Matrix& a, const Matrix& b) {
    double most = 0;
    for (int i = 0; i < 9; ++i) {
        most = std::max(most, std::abs(a[i] - b[i]));
    }
    return most;
}

visaged::Pose pose_of(const Matrix& a) {
    float camera[12];
    for (int i = 0; i < 9; ++i) {
        camera[i / 3 * 4 + i % 3] = static_cast<float>(a[i]);
    }
    camera[3] = camera[7] = camera[11] = 1e9F;  // the translation does not matter
    return visaged::pose(camera);
}

Matrix scaled(Matrix m, double factor) {
    for (double& cell : m) {
        cell *= factor;
    }
    return m;
}

void check_consistent(const visaged::Pose& pose) {
    const Matrix identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    CHECK(difference(product(pose.rotation, transposed(pose.rotation)), identity) < 1e-12);
    CHECK(difference(of_quaternion(pose.quaternion), pose.rotation) < 1e-12);
    CHECK(difference(composed(pose.yaw, pose.pitch, pose.roll), pose.rotation) < 1e-6);
}

void angles_come_back() {
    std::mt19937 generator(3);
    std::uniform_real_distribution<double> yaw(-89, 89), turn(-179, 179), exponent(-5, 2);
    for (int round = 0; round < 5000; ++round) {
        const double y = yaw(generator), p = turn(generator), r = turn(generator);
        const double scale = std::pow(10, exponent(generator));
        const auto pose = pose_of(scaled(composed(y, p, r), scale));
        check_consistent(pose);
        CHECK(std::abs(pose.yaw - y) < 1e-3 && std::abs(pose.pitch - p) < 1e-3 && std::abs(pose.roll - r) < 1e-3);
        CHECK(std::abs(pose.scale / scale - 1) < 1e-6);
        CHECK(pose.distortion >= 0 && pose.distortion < 1e-5);
    }
}

void the_rotation_is_the_polar_factor_of_any_matrix() {
    std::mt19937 generator(4);
    std::normal_distribution<double> normal;
    for (int round = 0; round < 5000; ++round) {
        Matrix a;
        std::generate(a.begin(), a.end(), [&] { return static_cast<float>(normal(generator)); });
        const auto pose = pose_of(a);
        if (std::isnan(pose.scale)) {
            continue;  // mirrored, about every second
        }
        check_consistent(pose);
        const Matrix stretch = product(transposed(pose.rotation), a);  // symmetric and positive, or it is not polar
        CHECK(difference(stretch, transposed(stretch)) < 1e-9);
        CHECK(stretch[0] > 0 && stretch[4] > 0 && stretch[8] > 0);
        CHECK(std::abs(pose.scale - (stretch[0] + stretch[4] + stretch[8]) / 3) < 1e-9);
    }
}

void distortion_is_the_ratio_of_the_singular_values() {
    const auto pose = pose_of(product(composed(20, -30, 40), {3, 0, 0, 0, 4, 0, 0, 0, 5}));
    CHECK(std::abs(pose.distortion - (5.0 / 3 - 1)) < 1e-6);
    CHECK(std::abs(pose.scale - 4) < 1e-6);
    CHECK(difference(pose.rotation, composed(20, -30, 40)) < 1e-6);
}

void gimbal_lock_stays_finite() {
    for (const double yaw : {90.0, -90.0, 89.99999, -89.9999, 89.99}) {
        for (const double pitch : {0.0, 35.0, -170.0}) {
            check_consistent(pose_of(composed(yaw, pitch, 25)));
        }
    }
}

void half_turns_have_a_quaternion() {
    for (const Matrix& turn : {Matrix{1, 0, 0, 0, -1, 0, 0, 0, -1}, Matrix{-1, 0, 0, 0, 1, 0, 0, 0, -1},
                               Matrix{-1, 0, 0, 0, -1, 0, 0, 0, 1}}) {
        check_consistent(pose_of(turn));
    }
}

void degenerate_matrices_are_unknown_not_an_error() {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const Matrix& a : {Matrix{}, Matrix{1, 0, 0, 0, 1, 0, 0, 0, -1}, Matrix{1, 2, 3, 2, 4, 6, 0, 0, 1},
                            Matrix{nan, 0, 0, 0, 1, 0, 0, 0, 1}, Matrix{1, 0, 0, 0, infinity, 0, 0, 0, 1},
                            Matrix{1, 0, 0, 0, 1, 0, 0, 0, 1e-9}, Matrix{1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
        const auto pose = pose_of(a);
        const auto unknown = [](double value) { return std::isnan(value); };
        CHECK(std::all_of(pose.rotation.begin(), pose.rotation.end(), unknown));
        CHECK(std::all_of(pose.quaternion.begin(), pose.quaternion.end(), unknown));
        CHECK(std::isnan(pose.yaw) && std::isnan(pose.pitch) && std::isnan(pose.roll) && std::isnan(pose.scale));
        CHECK(std::isinf(pose.distortion));
    }
}

void extreme_magnitudes_work() {
    for (const double scale : {1e-30, 1e-10, 1e30}) {
        check_consistent(pose_of(scaled(composed(10, 20, 30), scale)));
    }
}

}  // namespace

int main() {
    angles_come_back();
    the_rotation_is_the_polar_factor_of_any_matrix();
    distortion_is_the_ratio_of_the_singular_values();
    gimbal_lock_stays_finite();
    half_turns_have_a_quaternion();
    degenerate_matrices_are_unknown_not_an_error();
    extreme_magnitudes_work();
    return failures();
}
