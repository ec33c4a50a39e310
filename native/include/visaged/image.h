// Borrowed pictures.
#pragma once

#include <cstddef>
#include <cstdint>

namespace visaged {

// A borrowed BGR picture: `height` rows of `width` 3-byte pixels, `row_stride` bytes from one row to the next.
// Precondition: 1 <= width, height <= max_coordinate; row_stride >= 3 * width. Nothing outside the pixels is touched.
template <typename Byte>
struct BasicImageView {
    Byte* data;
    int width;
    int height;
    std::ptrdiff_t row_stride;

    Byte* row(int y) const { return data + y * row_stride; }
};

using ImageView = BasicImageView<const std::uint8_t>;
using MutableImageView = BasicImageView<std::uint8_t>;

constexpr int max_coordinate = 1 << 20;  // of a picture's width and height, and of points in it, in pixels

}  // namespace visaged
