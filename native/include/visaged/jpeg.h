// Parts of a JPEG picture, decoded without the rest of it, by libjpeg-turbo.
#pragma once

#include <cstddef>
#include <cstdint>

#include "visaged/image.h"

namespace visaged {

// The bytes of one picture, owned by the caller. What a camera may leave out (Huffman tables, as motion JPEG does) may
// be missing, what it adds after the end is ignored.
struct Jpeg {
    const std::uint8_t* data;
    std::size_t size;
};

struct JpegSize {
    int width;
    int height;
};

constexpr std::int64_t max_jpeg_pixels = 1 << 27;

// The size of the whole picture in pixels. Throws std::invalid_argument, which says why, where there is none that can
// be decoded to BGR, or one of more than max_jpeg_pixels.
JpegSize jpeg_size(const Jpeg& jpeg);

// Decodes into `out` the part of its size whose top-left pixel is (left, top), of the picture that is smaller by
// `reduced` (1, 2, 4 or 8) along each side: the same bits as decoding all of it. Where bytes are damaged or missing it
// shows what libjpeg makes of that.
//
// Throws std::invalid_argument where jpeg_size does, where `reduced` is another number or does not divide both sides,
// or where the part is not within the reduced picture. Then `out` holds anything.
void decode_jpeg(const Jpeg& jpeg, int reduced, int left, int top, const MutableImageView& out);

}  // namespace visaged
