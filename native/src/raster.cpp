#include "visaged/raster.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "cpu.h"
#include "raster_kernel.h"

namespace visaged {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::int32_t snapped(float position) {
    const float units = position * one_pixel;
    return static_cast<std::int32_t>(units < 0 ? units - 0.5F : units + 0.5F);
}

bool is_drawable(float x, float y, float z) {
    return std::abs(x) <= max_position && std::abs(y) <= max_position && std::abs(z) <= max_position;  // no NaN is
}

std::size_t pixels_of(const Canvas& canvas) {
    return static_cast<std::size_t>(canvas.width) * canvas.height;
}

// A triangle's corners; which one it is.
struct Shape {
    const ScreenVertex &a, &b, &c;
    std::size_t number;
};

// The pixels whose centres are inside a triangle's bounding box and the canvas, in canvas coordinates, both inclusive.
struct Extent {
    std::int32_t left, right, top, bottom;
    std::int32_t size;  // the longer side before clipping, in 1/256 pixel
};

Extent extent_of(const Shape& shape, const Canvas& canvas) {
    const auto [x_low, x_high] = std::minmax({shape.a.x, shape.b.x, shape.c.x});
    const auto [y_low, y_high] = std::minmax({shape.a.y, shape.b.y, shape.c.y});
    return {std::max(((x_low + one_pixel - 1) >> fraction_bits) - canvas.left, 0),
            std::min((x_high >> fraction_bits) - canvas.left, canvas.width - 1),
            std::max(((y_low + one_pixel - 1) >> fraction_bits) - canvas.top, 0),
            std::min((y_high >> fraction_bits) - canvas.top, canvas.height - 1),
            std::max(x_high - x_low, y_high - y_low)};
}

// The edge function: twice the area of the triangle from, to, (x, y).
template <typename Whole>
Whole cross(const ScreenVertex& from, const ScreenVertex& to, Whole x, Whole y) {
    return (Whole{to.x} - from.x) * (y - from.y) - (Whole{to.y} - from.y) * (x - from.x);
}

// What must be taken from an edge function so that a centre on the edge counts (0: a top or a left edge) or not (1).
int exclusion(const ScreenVertex& from, const ScreenVertex& to) {
    return to.y < from.y || (to.y == from.y && to.x > from.x) ? 0 : 1;
}

// Calls visit(column, row, at_b, at_c) for each pixel of the extent that belongs to the triangle, with the edge
// functions there, that is, the weights of b and c in units of `area`.
template <typename Whole, typename Visit>
void scan(const Shape& shape, Whole area, const Canvas& canvas, const Extent& extent, const Visit& visit) {
    const auto& [a, b, c, number] = shape;
    const auto x = Whole{extent.left + canvas.left} * one_pixel, y = Whole{extent.top + canvas.top} * one_pixel;
    auto row_b = cross<Whole>(c, a, x, y), row_c = cross<Whole>(a, b, x, y);
    const Whole b_right = (Whole{c.y} - a.y) * one_pixel, b_down = (Whole{a.x} - c.x) * one_pixel;
    const Whole c_right = (Whole{a.y} - b.y) * one_pixel, c_down = (Whole{b.x} - a.x) * one_pixel;
    const int a_bias = exclusion(b, c), b_bias = exclusion(c, a), c_bias = exclusion(a, b);
    for (std::int32_t row = extent.top; row <= extent.bottom; ++row, row_b += b_down, row_c += c_down) {
        Whole at_b = row_b, at_c = row_c;
        for (std::int32_t column = extent.left; column <= extent.right; ++column, at_b += b_right, at_c += c_right) {
            if (((area - at_b - at_c - a_bias) | (at_b - b_bias) | (at_c - c_bias)) >= 0) {
                visit(column, row, static_cast<float>(at_b), static_cast<float>(at_c));
            }
        }
    }
}

// One mesh on its way to the pixels. `paint(pixel, shape, weight of b, weight of c)` is called wherever a triangle is
// the nearest so far.
template <typename Paint>
class Drawing {
public:
    Drawing(const ScreenVertex* vertices, const Corners* triangles, const Canvas& canvas, float* depth, Paint paint)
        : vertices_(vertices), triangles_(triangles), canvas_(canvas), depth_(depth), paint_(paint) {}

    // The reference.
    void draw(std::size_t number) const {
        const Shape shape = shape_of(number);
        if (std::min({shape.a.x, shape.b.x, shape.c.x}) == nowhere) {
            return;
        }
        const Extent extent = extent_of(shape, canvas_);
        const auto area = cross<std::int64_t>(shape.a, shape.b, shape.c.x, shape.c.y);
        if (area <= 0 || extent.left > extent.right || extent.top > extent.bottom) {
            return;
        }
        const float share = 1.0F / static_cast<float>(area);
        const auto visit = [&](std::int32_t column, std::int32_t row, float at_b, float at_c) {
            show(shape, column, row, at_b * share, at_c * share);
        };
        if (extent.size < small_extent) {
            scan(shape, static_cast<std::int32_t>(area), canvas_, extent, visit);
        } else {
            scan(shape, area, canvas_, extent, visit);
        }
    }

    // What the fast path has found of the triangles from number `first` on, in their order.
    void draw(const Group& group, std::size_t first) const {
        for (std::uint32_t rest = group.small | group.large; rest != 0; rest &= rest - 1) {
            const int lane = __builtin_ctz(rest);
            if ((group.large >> lane & 1) != 0) {
                draw(first + lane);
            } else {
                draw(group, lane, shape_of(first + lane));
            }
        }
    }

private:
    Shape shape_of(std::size_t number) const {
        const Corners& corners = triangles_[number];
        return {vertices_[corners.a], vertices_[corners.b], vertices_[corners.c], number};
    }

    void draw(const Group& group, int lane, const Shape& shape) const {
        const float share = 1.0F / static_cast<float>(group.area[lane]);
        for (auto pixels = static_cast<std::uint32_t>(group.pixels[lane]); pixels != 0; pixels &= pixels - 1) {
            const int bit = __builtin_ctz(pixels), column = bit % grid_width, row = bit / grid_width;
            const std::int32_t at_b = group.b[lane] + column * group.b_right[lane] + row * group.b_down[lane];
            const std::int32_t at_c = group.c[lane] + column * group.c_right[lane] + row * group.c_down[lane];
            show(shape, group.left[lane] + column, group.top[lane] + row, static_cast<float>(at_b) * share,
                 static_cast<float>(at_c) * share);
        }
    }

    void show(const Shape& shape, std::int32_t column, std::int32_t row, float b, float c) const {
        const std::size_t pixel = static_cast<std::size_t>(row) * canvas_.width + column;
        const float z = shape.a.z + (b * (shape.b.z - shape.a.z) + c * (shape.c.z - shape.a.z));
        if (!(z <= depth_[pixel])) {  // an empty pixel holds NaN
            depth_[pixel] = z;
            paint_(pixel, shape, b, c);
        }
    }

    const ScreenVertex* vertices_;
    const Corners* triangles_;
    Canvas canvas_;
    float* depth_;
    Paint paint_;
};

Window window_of(const Canvas& canvas) {
    return {canvas.left, canvas.top, canvas.left + canvas.width - 1, canvas.top + canvas.height - 1};
}

// Draws what it can by groups of triangles; gives how many that were.
template <typename Draw>
std::size_t draw_groups(const ScreenVertex* vertices, const std::vector<Corners>& triangles, const Window& window,
                        const Draw& draw) {
#if defined(__x86_64__) || defined(__aarch64__)
    constexpr std::size_t batch = 16;
    Group found[batch];
    const std::size_t groups = triangles.size() / group_size;
    for (std::size_t first = 0; first < groups; first += batch) {
        const std::size_t count = std::min(batch, groups - first);
        find_simd(vertices, triangles.data() + first * group_size, count, window, found);
        for (std::size_t i = 0; i < count; ++i) {
            draw(found[i], (first + i) * group_size);
        }
    }
    return groups * group_size;
#else
    static_cast<void>(vertices), static_cast<void>(triangles), static_cast<void>(window), static_cast<void>(draw);
    return 0;
#endif
}

// Two bytes in each half of a word, so that they can be weighted at once: bytes 0 and 2, then 1 and 3.
std::uint64_t spread(std::uint32_t bytes) {
    return (bytes & 0x00FF00FFU) | static_cast<std::uint64_t>(bytes & 0xFF00FF00U) << 24;
}

// A weight from 0 to 1 in 1/256, rounded.
std::uint32_t parts(float weight) {
    return (static_cast<std::uint32_t>(weight * 512) + 1) / 2;
}

std::uint32_t word(const std::uint8_t* bytes) {
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
}

}  // namespace

void check(const Canvas& canvas) {
    if (std::min(canvas.width, canvas.height) < 1 || std::max(canvas.width, canvas.height) > max_canvas) {
        throw std::invalid_argument("a canvas's sides must be between 1 and 16384 pixels");
    }
    const int limit = max_position - max_canvas;
    if (canvas.left < -limit || canvas.left > limit || canvas.top < -limit || canvas.top > limit) {
        throw std::invalid_argument("a canvas must lie within 1032192 pixels of the picture's corner");
    }
}

void check_triangles(const std::int32_t* triangles, std::size_t count, std::size_t vertices) {
    const auto limit = static_cast<std::int64_t>(vertices);
    if (!std::all_of(triangles, triangles + 3 * count, [=](std::int32_t i) { return 0 <= i && i < limit; })) {
        throw std::invalid_argument("a triangle names a vertex that does not exist");
    }
}

Rasteriser::Rasteriser(const std::int32_t* triangles, std::size_t count, std::size_t vertices) : screen_(vertices) {
    check_triangles(triangles, count, vertices);
    triangles_.reserve(count);
    for (const std::int32_t* corner = triangles; corner != triangles + 3 * count; corner += 3) {
        triangles_.push_back({corner[0], corner[1], corner[2]});
    }
}

Rasteriser::Rasteriser(Rasteriser&& other) noexcept = default;

Rasteriser::~Rasteriser() = default;

std::size_t Rasteriser::vertices() const {
    return screen_.size();
}

std::size_t Rasteriser::triangles() const {
    return triangles_.size();
}

const std::int32_t* Rasteriser::corners() const {
    return reinterpret_cast<const std::int32_t*>(triangles_.data());
}

void Rasteriser::place(const float* vertices) {
    const std::size_t count = screen_.size();
    const float *x = vertices, *y = x + count, *z = y + count;
    for (std::size_t i = 0; i < count; ++i) {
        ScreenVertex& vertex = screen_[i];
        const bool drawable = is_drawable(x[i], y[i], z[i]);
        vertex.x = drawable ? snapped(x[i]) : nowhere;
        vertex.y = drawable ? snapped(y[i]) : 0;
        vertex.z = z[i];
    }
}

template <typename Paint>
void Rasteriser::draw(const Canvas& canvas, float* depth, Kernel kernel, const Paint& paint) {
    std::fill_n(depth, pixels_of(canvas), nan);
    const Drawing<Paint> drawing(screen_.data(), triangles_.data(), canvas, depth, paint);
    std::size_t done = 0;
    if (kernel == Kernel::fastest && has_simd()) {
        const auto draw_group = [&](const Group& group, std::size_t first) { drawing.draw(group, first); };
        done = draw_groups(screen_.data(), triangles_, window_of(canvas), draw_group);
    }
    for (; done < triangles_.size(); ++done) {
        drawing.draw(done);
    }
}

void Rasteriser::draw_depth(const float* vertices, const Canvas& canvas, float* depth, Kernel kernel) {
    check(canvas);
    place(vertices);
    draw(canvas, depth, kernel, [](std::size_t, const Shape&, float, float) {});
}

void Rasteriser::draw_colours(const float* vertices, const std::uint8_t* colours, const Canvas& canvas, float* depth,
                              std::uint8_t* picture, Kernel kernel) {
    check(canvas);
    place(vertices);
    for (ScreenVertex& vertex : screen_) {
        std::memcpy(vertex.colour, colours, 4);
        colours += 4;
    }
    std::memset(picture, 0, 3 * pixels_of(canvas));
    draw(canvas, depth, kernel, [picture](std::size_t pixel, const Shape& shape, float b, float c) {
        const std::uint32_t b_part = parts(b), c_part = std::min(parts(c), 256 - b_part);
        const std::uint32_t a_part = 256 - b_part - c_part;
        const std::uint64_t sum = spread(word(shape.a.colour)) * a_part + spread(word(shape.b.colour)) * b_part +
                                  spread(word(shape.c.colour)) * c_part + 0x0080008000800080U;
        std::uint8_t* target = picture + 3 * pixel;
        target[0] = static_cast<std::uint8_t>(sum >> 8);
        target[1] = static_cast<std::uint8_t>(sum >> 40);
        target[2] = static_cast<std::uint8_t>(sum >> 24);
    });
}

void Rasteriser::draw_triangles(const float* vertices, const Canvas& canvas, float* depth, std::int32_t* triangle,
                                float* weights, Kernel kernel) {
    check(canvas);
    place(vertices);
    std::fill_n(triangle, pixels_of(canvas), -1);
    draw(canvas, depth, kernel, [=](std::size_t pixel, const Shape& shape, float b, float c) {
        triangle[pixel] = static_cast<std::int32_t>(shape.number);
        weights[2 * pixel] = b;
        weights[2 * pixel + 1] = c;
    });
}

}  // namespace visaged
