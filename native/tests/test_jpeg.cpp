// Parts of JPEG pictures: against the whole, and bytes that are damaged anywhere.
#include <algorithm>
#include <cstdint>
#include <cstdio>  // jpeglib.h wants it
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "check.h"
#include "visaged/jpeg.h"

// After it, not before.
#include <jpeglib.h>

namespace {

using Bytes = std::vector<std::uint8_t>;

std::mt19937 generator(20261123);

int random_between(int low, int high) {
    return low + static_cast<int>(generator() % static_cast<unsigned>(high - low + 1));
}

// A picture of slopes and noise; `columns` and `rows` of pixels share a colour (1 or 2).
Bytes encoded(int width, int height, int columns, int rows) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;  // NOLINT: jpeglib's type
    jpeg_mem_dest(&info, &buffer, &size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 3;
    info.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&info);
    info.comp_info[0].h_samp_factor = columns;
    info.comp_info[0].v_samp_factor = rows;
    jpeg_start_compress(&info, TRUE);
    Bytes row(3 * static_cast<std::size_t>(width));
    for (int y = 0; y < height; ++y) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = static_cast<std::uint8_t>((i * (i % 3 + 1) / 2 + 3 * static_cast<std::size_t>(y)) % 200 +
                                               generator() % 50);
        }
        JSAMPROW pointer = row.data();
        jpeg_write_scanlines(&info, &pointer, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    Bytes made(buffer, buffer + size);
    std::free(buffer);  // NOLINT: jpeglib's way
    return made;
}

visaged::Jpeg view(const Bytes& bytes) {
    return {bytes.data(), bytes.size()};
}

Bytes decoded(const Bytes& jpeg, int reduced, int left, int top, int width, int height) {
    Bytes out(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    visaged::decode_jpeg(view(jpeg), reduced, left, top, {out.data(), width, height, std::ptrdiff_t{3} * width});
    return out;
}

void a_part_has_the_bits_of_the_whole() {
    constexpr int width = 176, height = 144;
    for (const auto& [columns, rows] : {std::pair{1, 1}, std::pair{2, 1}, std::pair{2, 2}}) {
        const Bytes jpeg = encoded(width, height, columns, rows);
        for (const int reduced : {1, 2, 4, 8}) {
            const int w = width / reduced, h = height / reduced;
            const Bytes whole = decoded(jpeg, reduced, 0, 0, w, h);
            for (int round = 0; round < 200; ++round) {
                const int left = random_between(0, w - 1), top = random_between(0, h - 1);
                const int part_width = random_between(1, w - left), part_height = random_between(1, h - top);
                const Bytes part = decoded(jpeg, reduced, left, top, part_width, part_height);
                for (int y = 0; y < part_height; ++y) {
                    const auto expected = whole.begin() + 3 * ((top + y) * w + left);
                    CHECK(std::equal(expected, expected + std::ptrdiff_t{3} * part_width,
                                     part.begin() + std::ptrdiff_t{3} * y * part_width));
                }
            }
        }
    }
}

void rows_may_lie_apart() {
    const Bytes jpeg = encoded(64, 48, 2, 2), tight = decoded(jpeg, 1, 5, 7, 20, 10);
    constexpr int stride = 67;
    Bytes apart(stride * 10, 77);
    visaged::decode_jpeg(view(jpeg), 1, 5, 7, {apart.data(), 20, 10, stride});
    for (int y = 0; y < 10; ++y) {
        const auto row = apart.begin() + std::ptrdiff_t{stride} * y;
        CHECK(std::equal(row, row + 60, tight.begin() + std::ptrdiff_t{60} * y));
        CHECK(std::all_of(row + 60, row + stride, [](std::uint8_t byte) { return byte == 77; }));
    }
}

void what_is_no_picture_is_rejected() {
    const Bytes jpeg = encoded(48, 32, 2, 2);
    CHECK(visaged::jpeg_size(view(jpeg)).width == 48 && visaged::jpeg_size(view(jpeg)).height == 32);
    CHECK(rejects([] { visaged::jpeg_size({nullptr, 0}); }));
    CHECK(rejects([&] { visaged::jpeg_size({jpeg.data() + 2, jpeg.size() - 2}); }));
    for (const int reduced : {-1, 0, 3, 16}) {
        CHECK(rejects([&] { decoded(jpeg, reduced, 0, 0, 1, 1); }));
    }
    CHECK(rejects([] { decoded(encoded(49, 32, 2, 2), 2, 0, 0, 1, 1); }));
    CHECK(rejects([&] { decoded(jpeg, 1, 48, 0, 1, 1); }));
    CHECK(rejects([&] { decoded(jpeg, 1, 0, -1, 1, 1); }));
    CHECK(rejects([&] { decoded(jpeg, 8, 0, 0, 7, 4); }));
}

// Whatever is damaged: a picture or a refusal, and nothing outside of the buffers.
void damaged_bytes_do_no_harm() {
    const Bytes whole = encoded(80, 64, 2, 2);
    for (int round = 0; round < 4000; ++round) {
        Bytes damaged(whole.begin(), whole.begin() + (round % 3 == 0 ? random_between(0, static_cast<int>(whole.size()))
                                                                     : static_cast<int>(whole.size())));
        for (int i = random_between(0, 6); i > 0 && !damaged.empty(); --i) {
            damaged[static_cast<std::size_t>(random_between(0, static_cast<int>(damaged.size()) - 1))] =
                static_cast<std::uint8_t>(generator() >> 24);
        }
        damaged.shrink_to_fit();
        rejects([&] { decoded(damaged, 1 << random_between(0, 3), 0, 0, random_between(1, 10), 8); });
    }
}

}  // namespace

int main() {
    a_part_has_the_bits_of_the_whole();
    rows_may_lie_apart();
    what_is_no_picture_is_rejected();
    damaged_bytes_do_no_harm();
    return failures();
}
