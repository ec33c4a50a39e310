// The dense model: both kernels against each other, against the formula in double precision, and hostile numbers.
#include <cmath>
#include <vector>

#include "check.h"
#include "made.h"
#include "visaged/dense.h"

namespace {

using visaged::Basis;
using visaged::DenseModel;
using visaged::Kernel;
using visaged::Roi;

const Roi roi = {-31.25, 12.5, 369.75, 440.5};
constexpr int size = 120;

// A model with the magnitudes of the Basel face model, its columns in two bases as parameters name them.
struct Example {
    std::size_t vertices, first, second;  // the latter two: columns
    std::vector<float> mean, basis, more, typical, params;

    Example(std::size_t n, std::size_t k, std::size_t l, unsigned seed) : vertices(n), first(k), second(l) {
        Random random(seed);
        for (std::size_t row = 0; row < 3 * n; ++row) {
            mean.push_back(random.uniform(-9e4F, 9e4F));
            fill(random, basis, k, 2e-2F);
            fill(random, more, l, 2e-2F);
        }
        for (std::size_t column = 0; column < k + l; ++column) {  // falls off, as deviations of a face model do
            typical.push_back(4e5F / static_cast<float>(1 + column));
        }
        const float camera[] = {4e-4F, 1e-4F, -1e-4F, 60, -1e-4F, 4e-4F, 1e-5F, 65, 1e-4F, 2e-5F, 4e-4F, -30};
        params.assign(camera, camera + 12);
        for (const float deviation : typical) {
            params.push_back(random.uniform(-2, 2) * deviation);
        }
    }

    DenseModel model() const {
        return {mean.data(), vertices, {{basis.data(), first}, {more.data(), second}}, typical.data()};
    }

    std::vector<float> projected(Kernel kernel) const {
        std::vector<float> out(3 * vertices, 12345);
        model().project(params.data(), roi, size, out.data(), kernel);
        return out;
    }

    double coordinate(std::size_t row) const {
        double sum = mean[row];
        for (std::size_t k = 0; k < first + second; ++k) {
            const float direction = k < first ? basis[row * first + k] : more[row * second + k - first];
            sum += static_cast<double>(direction) * params[12 + k];
        }
        return sum;
    }

private:
    static void fill(Random& random, std::vector<float>& values, std::size_t count, float limit) {
        for (std::size_t i = 0; i < count; ++i) {
            values.push_back(random.uniform(-limit, limit));
        }
    }
};

void fast_and_scalar_give_the_same_bits() {
    const std::size_t shapes[][3] = {{1, 1, 0},  {1, 0, 1},    {2, 3, 0},    {31, 1, 1},   {32, 2, 1},     {33, 5, 2},
                                     {65, 7, 0}, {97, 40, 10}, {501, 13, 4}, {40, 256, 0}, {37, 128, 128}, {1, 255, 0}};
    unsigned seed = 0;
    for (const auto& shape : shapes) {
        Example example(shape[0], shape[1], shape[2], ++seed);
        for (const float share : {1.0F, 0.0F, 1e-30F, 1e-38F, 1e-44F, 1e25F}) {
            Example scaled = example;
            std::transform(example.params.begin() + 12, example.params.end(), scaled.params.begin() + 12,
                           [=](float value) { return value * share; });
            CHECK(same_bits(scaled.projected(Kernel::scalar), scaled.projected(Kernel::fastest)));
        }
    }
}

// The largest sums there can be: every value and every weight as large as it goes, in as many columns as there may be.
void the_largest_sums_do_not_overflow() {
    Example example(33, 256, 0, 5);
    std::fill(example.basis.begin(), example.basis.end(), 1.0F);
    std::fill(example.typical.begin(), example.typical.end(), 1e9F);  // so that all columns are refined
    std::fill(example.params.begin() + 12, example.params.end(), 1e6F);
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        const auto out = example.projected(kernel);
        const double expected = (4e-4 + 1e-4 - 1e-4) * 256e6;  // of x in the crop; the mean adds less than 60
        CHECK(std::abs((out[0] - roi.x1) / ((roi.x2 - roi.x1) / size) - expected) < 130);
    }
}

// RMS distance to the formula, as a part of the mean face's longest side.
double error_of(const Example& e) {
    const auto out = e.projected(Kernel::fastest);
    const double scale_x = (roi.x2 - roi.x1) / size, scale_y = (roi.y2 - roi.y1) / size;
    double sum = 0;
    for (std::size_t i = 0; i < e.vertices; ++i) {
        double point[3];
        for (int axis = 0; axis < 3; ++axis) {
            const float* camera = e.params.data() + 4 * axis;
            point[axis] = camera[3];
            for (int k = 0; k < 3; ++k) {
                point[axis] += camera[k] * e.coordinate(3 * i + static_cast<std::size_t>(k));
            }
        }
        const double dx = out[i] - ((point[0] - 1) * scale_x + roi.x1);
        const double dy = out[e.vertices + i] - ((size - point[1]) * scale_y + roi.y1);
        const double dz = out[2 * e.vertices + i] - (point[2] - 1) * (scale_x + scale_y) / 2;
        sum += dx * dx + dy * dy + dz * dz;
    }
    const double pixels = 18e4 * 4.2e-4 * (scale_x + scale_y) / 2;  // what the longest side is in the image
    return std::sqrt(sum / (3 * static_cast<double>(e.vertices))) / pixels;
}

void vertices_follow_the_formula() {
    for (const std::size_t vertices : {501U, 1000U}) {
        for (const std::size_t columns : {1U, 7U, 50U, 200U}) {
            // Coefficients are up to twice their typical size here, 1.15 times in the mean.
            CHECK(error_of(Example(vertices, columns, 0, static_cast<unsigned>(columns))) <
                  1.2 * DenseModel::tolerance);
        }
    }
}

void columns_that_are_too_coarse_are_refined_and_others_are_not() {
    Example example(320, 4, 0, 3);
    const auto bytes_with = [&](float typical) {
        std::fill(example.typical.begin(), example.typical.end(), typical);
        return example.model().bytes();
    };
    const std::size_t rows = 3 * example.vertices;
    CHECK(bytes_with(1e-3F) < rows * (4 + sizeof(float)) + 100);
    CHECK(bytes_with(0) < rows * (4 + sizeof(float)) + 100);
    CHECK(bytes_with(1e9F) > rows * (8 + sizeof(float)));
    CHECK(bytes_with(-1e9F) > rows * (8 + sizeof(float)));
}

void a_vertex_can_be_nothing_but_its_mean() {
    Example example(5, 3, 2, 9);
    std::fill(example.params.begin() + 12, example.params.end(), 0.0F);
    CHECK(error_of(example) < 1e-6);
    std::fill(example.basis.begin(), example.basis.end(), 0.0F);
    std::fill(example.more.begin(), example.more.end(), 1e-44F);
    CHECK(error_of(example) < 1e-6);
}

void every_bit_is_the_same_on_every_machine() {
    const Example example(333, 40, 10, 11);
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        Hash hash;
        hash.add(example.projected(kernel));
        CHECK(hash.is(0xb18f982199eb82e7U));
    }
}

void coefficients_that_are_not_finite_or_absurd_give_nan_throughout() {
    const Example example(70, 3, 2, 1);
    for (const float value : {nan_float, infinite, -infinite}) {
        for (std::size_t k = 12; k < 17; ++k) {
            Example broken = example;
            broken.params[k] = value;
            for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
                const auto out = broken.projected(kernel);
                CHECK(std::all_of(out.begin(), out.end(), [](float v) { return std::isnan(v); }));
            }
        }
    }
}

// What overflows on the way is not finite in the end; nothing else is promised.
void huge_numbers_are_harmless() {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        Example example(33, 2, 1, static_cast<unsigned>(round));
        for (float& param : example.params) {
            param *= random.between(0, 2) == 0 ? 1e30F : 1;
        }
        CHECK(same_bits(example.projected(Kernel::scalar), example.projected(Kernel::fastest)));
    }
}

void a_model_of_a_whole_face_is_small() {
    const std::vector<float> numbers(std::size_t{3} * 38365 * 40, 0.5F), typical(50, 1e9F);
    const DenseModel model(numbers.data(), 38365, {{numbers.data(), 40}, {numbers.data(), 10}}, typical.data());
    CHECK(model.bytes() <= 12'000'000);  // even where every column is refined, as here
    CHECK(model.vertices() == 38365);
    CHECK(model.parameters() == 62);
}

void models_that_cannot_be_are_rejected() {
    const Example good(4, 2, 1, 1);
    CHECK(!rejects([&] { good.model(); }));
    CHECK(rejects([&] { DenseModel(good.mean.data(), 0, {{good.basis.data(), 2}}, good.typical.data()); }));
    CHECK(rejects([&] { DenseModel(good.mean.data(), 4, {}, good.typical.data()); }));
    CHECK(rejects([&] { DenseModel(good.mean.data(), 4, {{good.basis.data(), 0}}, good.typical.data()); }));
    CHECK(rejects([] { Example(2, 200, 57, 1).model(); }));
    for (const float value : {nan_float, infinite, -infinite}) {
        for (std::vector<float> Example::*part : {&Example::mean, &Example::basis, &Example::more, &Example::typical}) {
            for (const bool at_end : {false, true}) {
                Example broken = good;
                std::vector<float>& numbers = broken.*part;
                (at_end ? numbers.back() : numbers.front()) = value;
                CHECK(rejects([&] { broken.model(); }));
            }
        }
    }
    std::vector<float> out(12);
    for (const int wrong : {0, -1}) {
        CHECK(rejects([&] { good.model().project(good.params.data(), roi, wrong, out.data()); }));
    }
}

void nothing_is_written_beside_the_output() {
    for (const std::size_t vertices : {1U, 31U, 32U, 33U, 70U}) {
        const Example example(vertices, 3, 0, 4);
        for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
            Guarded<float> out(3 * vertices);
            example.model().project(example.params.data(), roi, size, out.data(), kernel);
            CHECK(out.is_intact());
        }
    }
}

}  // namespace

int main() {
    fast_and_scalar_give_the_same_bits();
    the_largest_sums_do_not_overflow();
    vertices_follow_the_formula();
    columns_that_are_too_coarse_are_refined_and_others_are_not();
    a_vertex_can_be_nothing_but_its_mean();
    every_bit_is_the_same_on_every_machine();
    coefficients_that_are_not_finite_or_absurd_give_nan_throughout();
    huge_numbers_are_harmless();
    a_model_of_a_whole_face_is_small();
    models_that_cannot_be_are_rejected();
    nothing_is_written_beside_the_output();
    return failures();
}
