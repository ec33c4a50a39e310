// Landmarks against the formula written down naively in double precision.
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "check.h"
#include "visaged/landmarks.h"

namespace {

using visaged::LandmarkModel;
using visaged::Roi;

struct Example {
    std::vector<float> mean, basis, params;
    std::size_t landmarks, coefficients;

    Example(std::size_t n, std::size_t k, unsigned seed) : landmarks(n), coefficients(k) {
        std::mt19937 generator(seed);
        std::normal_distribution<float> normal;
        const auto fill = [&](std::vector<float>& values, std::size_t count, float size) {
            for (std::size_t i = 0; i < count; ++i) {
                values.push_back(size * normal(generator));
            }
        };
        fill(mean, 3 * n, 1e5F);  // the magnitudes of the Basel face model and of its parameters
        fill(basis, 3 * n * k, 1e-2F);
        fill(params, 12, 4e-4F);
        params[3] = 60, params[7] = 65, params[11] = -30;
        fill(params, k, 1e5F);
    }

    LandmarkModel model() const { return {mean.data(), basis.data(), landmarks, coefficients}; }
};

double vertex(const Example& e, std::size_t row) {
    double sum = e.mean[row];
    for (std::size_t k = 0; k < e.coefficients; ++k) {
        sum += static_cast<double>(e.basis[row * e.coefficients + k]) * e.params[12 + k];
    }
    return sum;
}

double in_crop(const Example& e, std::size_t landmark, int axis) {
    const float* camera = e.params.data() + 4 * axis;
    return camera[0] * vertex(e, 3 * landmark) + camera[1] * vertex(e, 3 * landmark + 1) +
           camera[2] * vertex(e, 3 * landmark + 2) + camera[3];
}

void landmarks_follow_the_formula(std::size_t n, std::size_t k) {
    const Example e(n, k, static_cast<unsigned>(n + k));
    const Roi roi = {-31.25, 12.5, 369.75, 440.5};
    std::vector<float> out(3 * n);
    e.model().project(e.params.data(), roi, 120, out.data());
    const double scale_x = (roi.x2 - roi.x1) / 120, scale_y = (roi.y2 - roi.y1) / 120;
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(std::abs(out[3 * i] - ((in_crop(e, i, 0) - 1) * scale_x + roi.x1)) < 2e-3);
        CHECK(std::abs(out[3 * i + 1] - ((120 - in_crop(e, i, 1)) * scale_y + roi.y1)) < 2e-3);
        CHECK(std::abs(out[3 * i + 2] - (in_crop(e, i, 2) - 1) * (scale_x + scale_y) / 2) < 2e-3);
    }
}

void a_model_tells_its_size() {
    const LandmarkModel model = Example(7, 3, 1).model();
    CHECK(model.landmarks() == 7);
    CHECK(model.coefficients() == 3);
    CHECK(model.parameters() == 15);
}

void bounds_are_the_tight_box_and_nothing_where_a_point_is_nowhere() {
    std::vector<float> points = {3, -2, 7, -1, 5, 0, 2, 4, -9};
    const Roi box = visaged::bounds(points.data(), 3);
    CHECK(box.x1 == -1 && box.y1 == -2 && box.x2 == 3 && box.y2 == 5);
    for (float& coordinate : points) {
        const float before = coordinate;
        coordinate = std::numeric_limits<float>::infinity();
        const Roi nowhere = visaged::bounds(points.data(), 3);
        CHECK(std::isnan(nowhere.x1) && std::isnan(nowhere.y1) && std::isnan(nowhere.x2) && std::isnan(nowhere.y2));
        coordinate = before;
    }
    CHECK(rejects([&] { visaged::bounds(points.data(), 0); }));
}

void nonsense_is_rejected() {
    const Example e(2, 1, 1);
    CHECK(rejects([&] { LandmarkModel(e.mean.data(), e.basis.data(), 0, 1); }));
    CHECK(rejects([&] { LandmarkModel(e.mean.data(), e.basis.data(), 2, 0); }));
    float out[6];
    CHECK(rejects([&] { e.model().project(e.params.data(), {0, 0, 9, 9}, 0, out); }));
}

}  // namespace

int main() {
    landmarks_follow_the_formula(68, 50);
    landmarks_follow_the_formula(1, 1);
    landmarks_follow_the_formula(501, 7);
    a_model_tells_its_size();
    bounds_are_the_tight_box_and_nothing_where_a_point_is_nowhere();
    nonsense_is_rejected();
    return failures();
}
