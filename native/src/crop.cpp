#include "visaged/crop.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "cpu.h"
#include "crop_kernel.h"

namespace visaged {
namespace {

struct Rectangle {
    int x, y, width, height;
};

int rounded(double corner) {
    if (!std::isfinite(corner)) {
        throw std::invalid_argument("the ROI has a corner that is not a finite number");
    }
    if (std::abs(corner) > max_coordinate) {
        throw std::invalid_argument("the ROI has a corner beyond 1048576 pixels from the image's origin");
    }
    return static_cast<int>(std::nearbyint(corner));  // halves to even, as Python rounds
}

Rectangle checked(const Roi& roi) {
    const int x1 = rounded(roi.x1), y1 = rounded(roi.y1), x2 = rounded(roi.x2), y2 = rounded(roi.y2);
    if (x2 <= x1 || y2 <= y1) {
        throw std::invalid_argument("the ROI is empty: x1 < x2 and y1 < y2 must hold after rounding to pixels");
    }
    if (x2 - x1 > max_side || y2 - y1 > max_side) {
        throw std::invalid_argument("the ROI is wider or higher than 32768 pixels");
    }
    return {x1, y1, x2 - x1, y2 - y1};
}

void check(const ImageView& image) {
    if (image.data == nullptr || image.width < 1 || image.height < 1) {
        throw std::invalid_argument("the image is empty");
    }
    if (image.width > max_coordinate || image.height > max_coordinate) {
        throw std::invalid_argument("the image is wider or higher than 1048576 pixels");
    }
    if (image.row_stride < 3 * static_cast<std::ptrdiff_t>(image.width)) {
        throw std::invalid_argument("the image's row stride is less than its width of 3-byte pixels");
    }
}

// The taps of one output position; single precision where OpenCV uses it, so that the weights are the same.
Tap tap(int position, double step, int start, int length) {
    const auto centre = static_cast<float>((position + 0.5) * step - 0.5);
    const auto below = static_cast<int>(std::floor(centre));
    const float fraction = centre - static_cast<float>(below);
    const int second_weight = static_cast<int>(std::nearbyint(fraction * weight_one));
    const int first_weight = static_cast<int>(std::nearbyint((1 - fraction) * weight_one));
    return {start + std::clamp(below, 0, length - 1), start + std::clamp(below + 1, 0, length - 1), first_weight,
            second_weight};
}

std::vector<Tap> taps(int start, int length, int size) {
    const double step = 1 / (static_cast<double>(size) / length);
    std::vector<Tap> result;
    result.reserve(static_cast<std::size_t>(size));
    for (int position = 0; position < size; ++position) {
        result.push_back(tap(position, step, start, length));
    }
    return result;
}

Line as_line(const Normalisation& n) {
    return {n.scale, {-n.mean[0] * n.scale, -n.mean[1] * n.scale, -n.mean[2] * n.scale}};
}

bool inside(int position, int length) {
    return position >= 0 && position < length;
}

// The reference: every output value by itself, as the formula says.
class ScalarCrop {
public:
    ScalarCrop(const ImageView& image, const Line& line) : image_(image), line_(line) {}

    float value(const Tap& x, const Tap& y, int channel) const {
        const int above = (y.first_weight * across(x, y.first, channel)) >> drop_after_y;
        const int below = (y.second_weight * across(x, y.second, channel)) >> drop_after_y;
        const int grey = (above + below + half_at_end) >> drop_at_end;
        return static_cast<float>(grey) * line_.scale + line_.shift[channel];
    }

private:
    int across(const Tap& x, int row, int channel) const {
        const int sum = x.first_weight * grey(x.first, row, channel) + x.second_weight * grey(x.second, row, channel);
        return sum >> drop_after_x;
    }

    int grey(int x, int y, int channel) const {
        return inside(x, image_.width) && inside(y, image_.height)
                   ? image_.data[y * image_.row_stride + 3 * static_cast<std::ptrdiff_t>(x) + channel]
                   : 0;
    }

    ImageView image_;
    Line line_;
};

void crop_scalar(const ImageView& image, const std::vector<Tap>& across, const std::vector<Tap>& down, const Line& line,
                 float* out) {
    const ScalarCrop source(image, line);
    for (int channel = 0; channel < 3; ++channel) {
        for (const Tap& y : down) {
            for (const Tap& x : across) {
                *out++ = source.value(x, y, channel);
            }
        }
    }
}

// The output's columns as the SIMD kernel wants them. Needs an image at least two pixels wide.
struct ColumnTable {
    std::vector<std::int32_t> offsets, weights;
    int roomy = 0;

    ColumnTable(const std::vector<Tap>& across, int width) {
        for (const Tap& x : across) {
            const int left = std::clamp(x.first, 0, width - 2);
            const auto weight_at = [&x](int position) {
                return (x.first == position ? x.first_weight : 0) + (x.second == position ? x.second_weight : 0);
            };
            offsets.push_back(3 * left);
            weights.push_back(weight_at(left) | weight_at(left + 1) << 16);
            roomy += left < width - 2;  // eight bytes reach into a third pixel
        }
    }

    Columns view() const { return {offsets.data(), weights.data(), static_cast<int>(offsets.size()), roomy}; }
};

void crop_by_rows(RowKernel kernel, const ImageView& image, const std::vector<Tap>& across,
                  const std::vector<Tap>& down, const Line& line, float* out) {
    const ColumnTable table(across, image.width);
    const Columns columns = table.view();
    const auto plane = static_cast<std::ptrdiff_t>(across.size() * down.size());
    const auto row_at = [&image](int y) { return image.data + std::clamp(y, 0, image.height - 1) * image.row_stride; };
    for (const Tap& y : down) {
        const std::uint8_t* rows[] = {row_at(y.first), row_at(y.second)};
        const int weights[] = {inside(y.first, image.height) ? y.first_weight : 0,
                               inside(y.second, image.height) ? y.second_weight : 0};
        kernel(rows, weights, columns, line, out, plane);
        out += columns.count;
    }
}

// Null where the build or the CPU has nothing better than the reference.
RowKernel fast_rows() {
#if defined(__x86_64__) || defined(__aarch64__)
    return has_simd() ? crop_row_simd : nullptr;
#else
    return nullptr;
#endif
}

}  // namespace

void crop(const ImageView& image, const Roi& roi, const Normalisation& normalisation, const Tensor& out,
          Kernel kernel) {
    check(image);
    const Rectangle area = checked(roi);
    if (std::min(out.width, out.height) < 1 || std::max(out.width, out.height) > max_side) {
        throw std::invalid_argument("a crop's sides must be between 1 and 32768 pixels");
    }
    const Line line = as_line(normalisation);
    const std::vector<Tap> across = taps(area.x, area.width, out.width), down = taps(area.y, area.height, out.height);
    const bool simd_fits = image.width >= 2 && out.width >= simd_lanes;
    const RowKernel rows = kernel == Kernel::fastest && simd_fits ? fast_rows() : nullptr;
    if (rows != nullptr) {
        crop_by_rows(rows, image, across, down, line, out.data);
    } else {
        crop_scalar(image, across, down, line, out.data);
    }
}

}  // namespace visaged
