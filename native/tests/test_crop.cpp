// The crop: the fast path against the scalar one, both against what is known of the result, and hostile ROIs.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "check.h"
#include "visaged/crop.h"

namespace {

using visaged::ImageView;
using visaged::Kernel;
using visaged::Roi;

constexpr float black = -127.5F / 128;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// Bytes from the generator itself: the library's distributions differ between implementations.
std::mt19937 generator(20240501);

int random_between(int low, int high) {
    return low + static_cast<int>(generator() % static_cast<unsigned>(high - low + 1));
}

// A noisy picture that ends with its last pixel, so that the sanitizer sees a read beyond it.
struct Picture {
    int width, height, stride;
    std::vector<std::uint8_t> bytes;

    Picture(int w, int h, int gap) : width(w), height(h), stride(3 * w + gap) {
        bytes.resize(static_cast<std::size_t>(stride) * (h - 1) + 3 * static_cast<std::size_t>(w));
        std::generate(bytes.begin(), bytes.end(), [] { return static_cast<std::uint8_t>(generator() >> 24); });
    }

    ImageView view() const { return {bytes.data(), width, height, stride}; }
};

const visaged::Normalisation regressor_input = {{127.5F, 127.5F, 127.5F}, 1.0F / 128};

std::vector<float> cropped(const ImageView& image, const Roi& roi, int size, Kernel kernel) {
    std::vector<float> out(3 * static_cast<std::size_t>(size) * size, nan);
    visaged::crop(image, roi, regressor_input, {out.data(), size, size}, kernel);
    return out;
}

void fast_and_scalar_give_the_same_bits() {
    for (int round = 0; round < 6000; ++round) {
        const int side = round % 3 == 0 ? 5 : 90;
        const Picture picture(random_between(1, side), random_between(1, side), random_between(0, 4));
        const double x = random_between(-400, 1000) / 10.0, y = random_between(-400, 1000) / 10.0;
        const Roi roi = {x, y, x + random_between(10, 2000) / 10.0, y + random_between(10, 2000) / 10.0};
        if (std::nearbyint(roi.x2) <= std::nearbyint(x) || std::nearbyint(roi.y2) <= std::nearbyint(y)) {
            continue;
        }
        const int size = round % 2 == 0 ? 24 : random_between(1, 50);
        CHECK(cropped(picture.view(), roi, size, Kernel::scalar) ==
              cropped(picture.view(), roi, size, Kernel::fastest));
    }
}

void every_bit_is_the_same_on_every_machine() {
    generator.seed(7);
    const Picture picture(301, 203, 1);
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        std::uint64_t hash = 14695981039346656037U;  // FNV-1a over the grey levels
        for (const Roi& roi : {Roi{-20.5, -11, 180, 150}, Roi{100, 40, 350.2, 290.7}, Roi{30, 30, 75, 80}}) {
            for (const float value : cropped(picture.view(), roi, 120, kernel)) {
                const float grey = value * 128 + 127.5F;
                CHECK(grey == std::floor(grey));
                hash = (hash ^ static_cast<std::uint8_t>(grey)) * 1099511628211U;
            }
        }
        CHECK(hash == 0x345ccbe220a4d3a8U);
    }
}

void a_crop_at_its_own_size_copies_pixels_and_pads_with_black() {
    const Picture picture(20, 20, 0);
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        const auto out = cropped(picture.view(), {-4, 12, 12, 28}, 16, kernel);
        for (int i = 0; i < 3 * 16 * 16; ++i) {
            const int channel = i / 256, y = i / 16 % 16 + 12, x = i % 16 - 4;
            const bool in_picture = x >= 0 && y < 20;
            const float expected = in_picture ? (picture.bytes[60 * y + 3 * x + channel] - 127.5F) / 128 : black;
            CHECK(out[i] == expected);
        }
    }
}

void a_roi_beside_the_picture_is_black() {
    const Picture picture(20, 10, 0);
    for (const Roi& roi : {Roi{30, 0, 60, 30}, Roi{-50, 0, -20, 30}, Roi{0, 400, 9, 409}, Roi{-9, -900, 30, -20},
                           Roi{1048000, 1048000, 1048576, 1048576}}) {
        for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
            const auto out = cropped(picture.view(), roi, 16, kernel);
            CHECK(std::all_of(out.begin(), out.end(), [](float value) { return value == black; }));
        }
    }
}

void corners_round_halves_to_even() {
    const Picture picture(40, 40, 0);
    const auto rounded = [&](const Roi& roi) { return cropped(picture.view(), roi, 16, Kernel::fastest); };
    CHECK(rounded({0.5, 1.5, 20.5, 21.5}) == rounded({0, 2, 20, 22}));
    CHECK(rounded({-0.5, -1.5, 19.6, 18.4}) == rounded({0, -2, 20, 18}));
}

void impossible_regions_and_images_are_rejected() {
    const Picture picture(20, 20, 0);
    for (const Roi& roi :
         {Roi{nan, 0, 9, 9}, Roi{0, nan, 9, 9}, Roi{0, 0, nan, 9}, Roi{0, 0, 9, nan}, Roi{-infinity, 0, 9, 9},
          Roi{0, 0, 9, infinity}, Roi{5, 5, 5, 9}, Roi{5, 5, 9, 5}, Roi{9, 9, 5, 5}, Roi{5.1, 5, 5.4, 9},
          Roi{0, 0, 32769, 9}, Roi{0, 0, 9, 32769}, Roi{-1048577, 0, 9, 9}, Roi{0, 0, 1e300, 1e300}}) {
        CHECK(rejects([&] { cropped(picture.view(), roi, 16, Kernel::fastest); }));
    }
    const Roi roi = {0, 0, 9, 9};
    float out[3] = {};
    const auto refuses = [&](const ImageView& image, int width, int height) {
        return rejects([&] { visaged::crop(image, roi, regressor_input, {out, width, height}); });
    };
    for (const int side : {0, visaged::max_side + 1}) {
        CHECK(refuses(picture.view(), side, 1));
        CHECK(refuses(picture.view(), 1, side));
    }
    CHECK(refuses({picture.bytes.data(), 0, 20, 60}, 1, 1));
    CHECK(refuses({picture.bytes.data(), 20, 20, 59}, 1, 1));
    CHECK(refuses({nullptr, 20, 20, 60}, 1, 1));
}

void width_height_and_channels_are_kept_apart() {
    const Picture picture(40, 30, 0);
    const visaged::Normalisation shifted = {{1, 20, 100}, 1};
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        std::vector<float> out(3 * 24 * 12, nan);
        visaged::crop(picture.view(), {2, 3, 26, 15}, shifted, {out.data(), 24, 12}, kernel);
        for (int i = 0; i < 3 * 24 * 12; ++i) {
            const int channel = i / (24 * 12), y = i / 24 % 12 + 3, x = i % 24 + 2;
            const float grey = picture.view().data[picture.stride * y + 3 * x + channel];
            CHECK(out[static_cast<std::size_t>(i)] == grey - shifted.mean[channel]);
        }
    }
}

void the_largest_region_works() {
    const Picture picture(50, 50, 0);
    const auto fast = cropped(picture.view(), {-16384, -16384, 16384, 16384}, 120, Kernel::fastest);
    CHECK(fast == cropped(picture.view(), {-16384, -16384, 16384, 16384}, 120, Kernel::scalar));
}

}  // namespace

int main() {
    fast_and_scalar_give_the_same_bits();
    every_bit_is_the_same_on_every_machine();
    a_crop_at_its_own_size_copies_pixels_and_pads_with_black();
    a_roi_beside_the_picture_is_black();
    corners_round_halves_to_even();
    impossible_regions_and_images_are_rejected();
    width_height_and_channels_are_kept_apart();
    the_largest_region_works();
    return failures();
}
