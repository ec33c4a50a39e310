// Meshes to draw, and what comes of it.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "made.h"
#include "visaged/raster.h"

struct MeshPoint {
    float x, y, z;
};

struct Mesh {
    std::vector<MeshPoint> points;
    std::vector<std::int32_t> triangles;

    std::int32_t add(float x, float y, float z) {
        points.push_back({x, y, z});
        return static_cast<std::int32_t>(points.size()) - 1;
    }

    void add_triangle(std::int32_t a, std::int32_t b, std::int32_t c) { triangles.insert(triangles.end(), {a, b, c}); }

    std::size_t count() const { return triangles.size() / 3; }

    std::vector<float> rows() const {
        std::vector<float> made(3 * points.size());
        for (std::size_t i = 0; i < points.size(); ++i) {
            made[i] = points[i].x;
            made[points.size() + i] = points[i].y;
            made[2 * points.size() + i] = points[i].z;
        }
        return made;
    }

    visaged::Rasteriser rasteriser() const { return {triangles.data(), count(), points.size()}; }
};

// A sphere of `rings` times `segments` quadrangles, closed, its outside in front.
inline Mesh sphere(float x, float y, float radius, int rings, int segments) {
    constexpr double pi = 3.14159265358979323846;
    Mesh mesh;
    for (int ring = 0; ring <= rings; ++ring) {
        for (int segment = 0; segment < segments; ++segment) {
            const double down = pi * ring / rings, around = 2 * pi * segment / segments;
            mesh.add(x + radius * static_cast<float>(std::sin(down) * std::cos(around)),
                     y - radius * static_cast<float>(std::cos(down)),
                     radius * static_cast<float>(std::sin(down) * std::sin(around)));
        }
    }
    for (int ring = 0; ring < rings; ++ring) {
        for (int segment = 0; segment < segments; ++segment) {
            const int next = (segment + 1) % segments;
            const int upper = ring * segments, lower = upper + segments;
            mesh.add_triangle(upper + segment, lower + next, upper + next);
            mesh.add_triangle(upper + segment, lower + segment, lower + next);
        }
    }
    return mesh;
}

// All that the rasteriser has to say of a mesh.
struct Drawn {
    std::vector<float> depth, weights;
    std::vector<std::int32_t> triangle;
    std::vector<std::uint8_t> picture;

    bool operator==(const Drawn& other) const {
        return same_bits(depth, other.depth) && same_bits(weights, other.weights) && triangle == other.triangle &&
               picture == other.picture;
    }
};

inline Drawn drawn(const Mesh& mesh, const visaged::Canvas& canvas, visaged::Kernel kernel,
                   const std::vector<std::uint8_t>& colours) {
    const std::size_t area = static_cast<std::size_t>(canvas.width) * canvas.height;
    Drawn out = {std::vector<float>(area, 1), std::vector<float>(2 * area, -1), std::vector<std::int32_t>(area, -9),
                 std::vector<std::uint8_t>(3 * area, 9)};
    visaged::Rasteriser rasteriser = mesh.rasteriser();
    const auto rows = mesh.rows();
    rasteriser.draw_colours(rows.data(), colours.data(), canvas, out.depth.data(), out.picture.data(), kernel);
    const auto depth = out.depth;
    rasteriser.draw_triangles(rows.data(), canvas, out.depth.data(), out.triangle.data(), out.weights.data(), kernel);
    if (!same_bits(depth, out.depth)) {
        out.depth.clear();  // equals nothing that is expected
    }
    return out;
}

inline Drawn drawn(const Mesh& mesh, const visaged::Canvas& canvas, visaged::Kernel kernel) {
    return drawn(mesh, canvas, kernel, std::vector<std::uint8_t>(4 * mesh.points.size(), 200));
}
