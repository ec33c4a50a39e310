#include "visaged/shade.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace visaged {
namespace {

// Where the lamp is, and halfway between it and the viewer; unit vectors, x right, y down, z at the viewer.
constexpr float to_lamp[] = {-0.3015F, -0.4020F, 0.8646F}, halfway[] = {-0.1561F, -0.2082F, 0.9655F};
constexpr float ambient = 0.30F, diffuse = 0.55F, highlight = 0.15F;

float dot(const float* a, const float* b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

std::uint8_t level(float value) {  // NaN becomes 0
    return static_cast<std::uint8_t>(value > 0 ? std::min(value, 255.0F) + 0.5F : 0.0F);
}

void normalise(float* normal) {
    const float squared = dot(normal, normal);
    const bool is_known = std::isnormal(squared);  // a root of fewer digits were no length
    const float factor = is_known ? 1 / std::sqrt(squared) : 0;
    for (int axis = 0; axis < 3; ++axis) {
        normal[axis] = is_known ? normal[axis] * factor : 0;
    }
}

void add(float* sum, const float* value) {
    for (int axis = 0; axis < 4; ++axis) {  // the fourth is zero: four fill a register
        sum[axis] += value[axis];
    }
}

}  // namespace

void vertex_normals(const float* vertices, std::size_t count, const std::int32_t* triangles, std::size_t triangle_count,
                    float* out) {
    const float *x = vertices, *y = x + count, *z = y + count;
    std::fill_n(out, 4 * count, 0.0F);
    for (const std::int32_t* corner = triangles; corner != triangles + 3 * triangle_count; corner += 3) {
        const std::int32_t a = corner[0], b = corner[1], c = corner[2];
        const float bx = x[b] - x[a], by = y[b] - y[a], bz = z[b] - z[a];
        const float cx = x[c] - x[a], cy = y[c] - y[a], cz = z[c] - z[a];
        const float normal[] = {by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx, 0};  // twice the area long
        add(out + 4 * static_cast<std::ptrdiff_t>(a), normal);
        add(out + 4 * static_cast<std::ptrdiff_t>(b), normal);
        add(out + 4 * static_cast<std::ptrdiff_t>(c), normal);
    }
    for (std::size_t i = 0; i < count; ++i) {
        normalise(out + 4 * i);
    }
}

void normal_colours(const float* normals, std::size_t count, std::uint8_t* out) {
    for (const float* normal = normals; normal != normals + 4 * count; normal += 4, out += 4) {
        out[0] = level(127.5F + 127.5F * normal[2]);
        out[1] = level(127.5F - 127.5F * normal[1]);
        out[2] = level(127.5F + 127.5F * normal[0]);
        out[3] = 0;
    }
}

void lit_colours(const float* normals, std::size_t count, std::uint8_t* out) {
    for (const float* normal = normals; normal != normals + 4 * count; normal += 4, out += 4) {
        float shine = std::max(dot(normal, halfway), 0.0F);
        for (int doubling = 0; doubling < 4; ++doubling) {
            shine *= shine;  // to the 16th power in the end
        }
        const float light = ambient + diffuse * std::max(dot(normal, to_lamp), 0.0F) + highlight * shine;
        out[0] = out[1] = out[2] = level(255 * light);
        out[3] = 0;
    }
}

void blend(const Canvas& canvas, const float* depth, const std::uint8_t* picture, float alpha, const ImageView& under,
           const MutableImageView& target) {
    check(canvas);
    if (!(alpha >= 0 && alpha <= 1)) {
        throw std::invalid_argument("alpha must be between 0 and 1");
    }
    const int share = static_cast<int>(std::lround(alpha * 256));
    const int first_row = std::max(0, -canvas.top), last_row = std::min(canvas.height, target.height - canvas.top);
    const int first = std::max(0, -canvas.left), last = std::min(canvas.width, target.width - canvas.left);
    for (int row = first_row; row < last_row; ++row) {
        const std::ptrdiff_t start = static_cast<std::ptrdiff_t>(row) * canvas.width;
        const std::uint8_t* below = under.row(canvas.top + row);
        std::uint8_t* result = target.row(canvas.top + row);
        for (int column = first; column < last; ++column) {
            if (std::isnan(depth[start + column])) {
                continue;
            }
            const std::uint8_t* colour = picture + 3 * (start + column);
            const int place = 3 * (canvas.left + column);
            for (int channel = 0; channel < 3; ++channel) {
                const int sum = below[place + channel] * (256 - share) + colour[channel] * share;
                result[place + channel] = static_cast<std::uint8_t>((sum + 128) >> 8);
            }
        }
    }
}

}  // namespace visaged
