#include "visaged/jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>  // jpeglib.h wants it
#include <stdexcept>
#include <vector>

// After it, not before.
#include <jpeglib.h>

#ifndef LIBJPEG_TURBO_VERSION
#error "visaged needs libjpeg-turbo; another libjpeg was found"
#endif

namespace visaged {

namespace {

struct ErrorManager {
    jpeg_error_mgr base;  // the first, so that a pointer to it is one to this
    std::jmp_buf back;
};

[[noreturn]] void give_up(j_common_ptr common) {
    std::longjmp(reinterpret_cast<ErrorManager*>(common->err)->back, 1);  // NOLINT: the way that libjpeg offers
}

void say_nothing(j_common_ptr /*common*/) {}

void ignore_warning(j_common_ptr /*common*/, int /*level*/) {}

// One decompression, from its creation to its end. `work` must leave nothing to be destroyed where libjpeg jumps out of
// it.
class Decompression {
public:
    Decompression() {
        info_.err = jpeg_std_error(&errors_.base);
        errors_.base.error_exit = give_up;
        errors_.base.output_message = say_nothing;
        errors_.base.emit_message = ignore_warning;
    }
    ~Decompression() { jpeg_destroy_decompress(&info_); }
    Decompression(const Decompression&) = delete;
    Decompression& operator=(const Decompression&) = delete;

    template <typename Work>
    void run(const Work& work) {
        if (setjmp(errors_.back) != 0) {  // NOLINT: see give_up
            char message[JMSG_LENGTH_MAX];
            errors_.base.format_message(reinterpret_cast<j_common_ptr>(&info_), message);
            throw std::invalid_argument(message);
        }
        work(info_);
    }

private:
    jpeg_decompress_struct info_{};
    ErrorManager errors_{};
};

enum class Start { done, too_large, not_divisible };

// Until the first row can be read; of a picture of several scans, all of which that would take, only its beginning
// where `is_looked_at` alone.
Start start(jpeg_decompress_struct& info, const Jpeg& jpeg, unsigned reduced, bool is_looked_at) {
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, jpeg.data, static_cast<unsigned long>(jpeg.size));
    jpeg_read_header(&info, TRUE);
    if (static_cast<std::int64_t>(info.image_width) * info.image_height > max_jpeg_pixels) {
        return Start::too_large;
    }
    if (info.image_width % reduced != 0 || info.image_height % reduced != 0) {
        return Start::not_divisible;
    }
    info.out_color_space = JCS_EXT_BGR;
    info.scale_num = 1;
    info.scale_denom = reduced;
    if (!is_looked_at || jpeg_has_multiple_scans(&info) == FALSE) {
        jpeg_start_decompress(&info);
    }
    return Start::done;
}

void check(Start started) {
    if (started == Start::too_large) {
        throw std::invalid_argument("the picture has more than 134217728 pixels");
    }
    if (started == Start::not_divisible) {
        throw std::invalid_argument("reduced must divide the width and the height of the picture");
    }
}

// Columns beside a part are decoded with it: colours of neighbours are mixed, blocks of up to 32 pixels at once.
constexpr int beside = 32;

}  // namespace

JpegSize jpeg_size(const Jpeg& jpeg) {
    Decompression decompression;
    Start started = Start::done;
    JpegSize size{};
    decompression.run([&](jpeg_decompress_struct& info) {
        started = start(info, jpeg, 1, true);
        size = {static_cast<int>(info.image_width), static_cast<int>(info.image_height)};
    });
    check(started);
    return size;
}

void decode_jpeg(const Jpeg& jpeg, int reduced, int left, int top, const MutableImageView& out) {
    if (reduced != 1 && reduced != 2 && reduced != 4 && reduced != 8) {
        throw std::invalid_argument("reduced must be 1, 2, 4 or 8");
    }
    Decompression decompression;
    Start started = Start::done;
    JpegSize size{};
    decompression.run([&](jpeg_decompress_struct& info) {
        started = start(info, jpeg, static_cast<unsigned>(reduced), false);
        size = {static_cast<int>(info.output_width), static_cast<int>(info.output_height)};
    });
    check(started);
    if (left < 0 || top < 0 || left > size.width - out.width || top > size.height - out.height) {
        throw std::invalid_argument("the part must be within the picture");
    }
    const int from = std::max(0, left - beside), to = std::min(size.width, left + out.width + beside);
    auto first = static_cast<JDIMENSION>(from), columns = static_cast<JDIMENSION>(to - from);
    std::vector<std::uint8_t> decoded(3 * static_cast<std::size_t>(size.width));
    decompression.run([&](jpeg_decompress_struct& info) {
        if (columns < info.output_width && info.max_h_samp_factor <= 2) {  // beyond that it crops too narrowly
            jpeg_crop_scanline(&info, &first, &columns);
        }
        jpeg_skip_scanlines(&info, static_cast<JDIMENSION>(top));
        const std::uint8_t* wanted = decoded.data() + 3 * (left - static_cast<int>(first));
        for (int y = 0; y < out.height; ++y) {
            JSAMPROW row = decoded.data();
            jpeg_read_scanlines(&info, &row, 1);
            std::copy_n(wanted, 3 * static_cast<std::size_t>(out.width), out.row(y));
        }
    });
}

}  // namespace visaged
