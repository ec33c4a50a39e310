#include "visaged/unwrap.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace visaged {
namespace {

int whole_below(float value) {
    const int whole = static_cast<int>(value);  // a call of std::floor would take longer than all the rest
    return whole - (static_cast<float>(whole) > value ? 1 : 0);
}

// What covers the pixels of a canvas.
class Cover {
public:
    Cover(const Canvas& canvas, const float* depth, float tolerance)
        : canvas_(canvas), depth_(depth), tolerance_(tolerance) {
        check(canvas);
    }

    // Hidden is what lies deeper than the surface at all of the four centres around it that the surface covers: one
    // that is seen at a slant is nearer at some of them, but not at all.
    bool shows(float x, float y, float z) const {
        if (!(std::abs(x) <= max_position && std::abs(y) <= max_position)) {
            return false;
        }
        const int left = whole_below(x) - canvas_.left, top = whole_below(y) - canvas_.top;
        if (left < 0 || left + 1 >= canvas_.width || top < 0 || top + 1 >= canvas_.height) {
            return std::isfinite(z);
        }
        const float* upper = depth_ + static_cast<std::ptrdiff_t>(top) * canvas_.width + left;
        const float* lower = upper + canvas_.width;
        const float bound = z + tolerance_;
        const bool reached = (upper[0] <= bound) | (upper[1] <= bound) | (lower[0] <= bound) | (lower[1] <= bound);
        const bool covered = (upper[0] > bound) | (upper[1] > bound) | (lower[0] > bound) | (lower[1] > bound);
        return (reached || !covered) && std::isfinite(z);
    }

private:
    Canvas canvas_;
    const float* depth_;
    float tolerance_;
};

// Twice the area of a triangle in the image; negative where it shows its back.
float area(const float* x, const float* y, std::int32_t a, std::int32_t b, std::int32_t c) {
    return (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a]);
}

constexpr int weight_bits = 7;  // of each axis of a bilinear sample

// How much the farther one of two pixels counts at a `fraction` of the way to it, rounded.
int weight(float fraction) {
    return (static_cast<int>(fraction * (2 << weight_bits)) + 1) / 2;
}

// Writes the colour at (x, y) to `target`; false where that is not between pixels of the image.
bool sample(const ImageView& image, float x, float y, std::uint8_t* target) {
    if (!(x >= 0 && y >= 0 && x <= static_cast<float>(image.width - 1) && y <= static_cast<float>(image.height - 1))) {
        return false;
    }
    const int left = static_cast<int>(x), top = static_cast<int>(y);
    const int right_weight = weight(x - static_cast<float>(left)), lower_weight = weight(y - static_cast<float>(top));
    const int left_weight = (1 << weight_bits) - right_weight, upper_weight = (1 << weight_bits) - lower_weight;
    const std::uint8_t* upper = image.row(top) + 3 * static_cast<std::ptrdiff_t>(left);
    const std::uint8_t* lower = image.row(std::min(top + 1, image.height - 1)) + 3 * static_cast<std::ptrdiff_t>(left);
    const int right = left + 1 < image.width ? 3 : 0;
    for (int channel = 0; channel < 3; ++channel) {
        const int above = upper[channel] * left_weight + upper[right + channel] * right_weight;
        const int below = lower[channel] * left_weight + lower[right + channel] * right_weight;
        const int sum = above * upper_weight + below * lower_weight;
        target[channel] = static_cast<std::uint8_t>((sum + (1 << (2 * weight_bits - 1))) >> (2 * weight_bits));
    }
    return true;
}

}  // namespace

void visibility(const float* points, std::size_t count, const Canvas& canvas, const float* depth, float tolerance,
                std::uint8_t* seen) {
    const Cover cover(canvas, depth, tolerance);
    for (std::size_t i = 0; i < count; ++i) {
        seen[i] = cover.shows(points[i], points[count + i], points[2 * count + i]) ? 1 : 0;
    }
}

Unwrapper::Unwrapper(const float* uv, std::size_t vertices, const std::int32_t* triangles, std::size_t count, int size)
    : size_(size), vertices_(vertices) {
    if (size < 2 || size > max_canvas) {
        throw std::invalid_argument("a texture's side must be between 2 and 16384 texels");
    }
    check_triangles(triangles, count, vertices);
    std::vector<float> flat(3 * vertices, 0.0F);
    const auto last = static_cast<float>(size - 1);
    for (std::size_t i = 0; i < vertices; ++i) {
        if (!std::isfinite(uv[2 * i]) || !std::isfinite(uv[2 * i + 1])) {
            throw std::invalid_argument("UVs must be finite");
        }
        flat[i] = uv[2 * i] * last;
        flat[vertices + i] = (1 - uv[2 * i + 1]) * last;
    }
    // The texture shows both sides: triangles that lie on their face there are turned over, and back afterwards.
    std::vector<std::int32_t> turned(triangles, triangles + 3 * count);
    for (std::size_t t = 0; t < turned.size(); t += 3) {
        if (area(flat.data(), flat.data() + vertices, turned[t], turned[t + 1], turned[t + 2]) < 0) {
            std::swap(turned[t + 1], turned[t + 2]);
        }
    }
    const std::size_t texels = static_cast<std::size_t>(size) * size;
    std::vector<float> depth(texels), weights(2 * texels);
    std::vector<std::int32_t> triangle(texels);
    Rasteriser rasteriser(turned.data(), count, vertices);
    rasteriser.draw_triangles(flat.data(), {0, 0, size, size}, depth.data(), triangle.data(), weights.data());
    for (std::size_t place = 0; place < texels; ++place) {
        if (triangle[place] < 0) {
            continue;
        }
        const std::size_t first = 3 * static_cast<std::size_t>(triangle[place]);
        const std::int32_t b = triangles[first + 1], c = triangles[first + 2];
        const float second = weights[2 * place], third = weights[2 * place + 1];
        const bool is_turned = turned[first + 1] != b;
        texels_.push_back({static_cast<std::int32_t>(place), triangles[first], b, c, is_turned ? third : second,
                           is_turned ? second : third});
    }
}

void Unwrapper::unwrap(const float* mesh, const ImageView& image, const Canvas& canvas, const float* depth,
                       float tolerance, std::uint8_t* texture, std::uint8_t* seen) const {
    const Cover cover(canvas, depth, tolerance);
    const std::size_t texels = static_cast<std::size_t>(size_) * size_;
    std::fill_n(texture, 3 * texels, std::uint8_t{0});
    std::fill_n(seen, texels, std::uint8_t{0});
    for (const Texel& texel : texels_) {
        if (area(mesh, mesh + vertices_, texel.a, texel.b, texel.c) < 0) {
            continue;  // the back of a rim would be within the tolerance of its front
        }
        const auto mixed = [&](const float* row) {
            const float from = row[texel.a];
            return from + (texel.b_weight * (row[texel.b] - from) + texel.c_weight * (row[texel.c] - from));
        };
        const float x = mixed(mesh), y = mixed(mesh + vertices_), z = mixed(mesh + 2 * vertices_);
        if (cover.shows(x, y, z) && sample(image, x, y, texture + 3 * static_cast<std::ptrdiff_t>(texel.place))) {
            seen[texel.place] = 1;
        }
    }
}

}  // namespace visaged
