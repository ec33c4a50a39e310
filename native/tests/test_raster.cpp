// What the rasteriser draws: coverage and depth against a brute-force reference, edges, closed surfaces, colours.
#include <cmath>
#include <optional>

#include "check.h"
#include "mesh.h"
#include "visaged/raster.h"

namespace {

using visaged::Canvas;
using visaged::Kernel;

constexpr Kernel kernels[] = {Kernel::scalar, Kernel::fastest};

struct Whole {
    std::int64_t x, y;
};

Whole snapped(const MeshPoint& point) {
    return {std::llround(static_cast<double>(point.x) * 256), std::llround(static_cast<double>(point.y) * 256)};
}

// Twice the signed area of from, to, at; positive where that is clockwise as one sees it.
std::int64_t turn(const Whole& from, const Whole& to, const Whole& at) {
    return (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x);
}

// Whether `at` is on the inner side of an edge. A point on it counts as if it lay a trifle to the right and, by far
// less, below: that is what the top-left rule comes down to.
bool is_inside(const Whole& from, const Whole& to, const Whole& at) {
    const std::int64_t here = turn(from, to, at), right = from.y - to.y, below = to.x - from.x;
    return here != 0 ? here > 0 : right != 0 ? right > 0 : below > 0;
}

// The depth of a triangle at the centre of a pixel; nothing where that does not belong to it.
std::optional<double> depth_at(const Mesh& mesh, std::size_t triangle, int column, int row) {
    const auto corner = [&](int i) { return mesh.points[static_cast<std::size_t>(mesh.triangles[3 * triangle + i])]; };
    const MeshPoint points[] = {corner(0), corner(1), corner(2)};
    const Whole a = snapped(points[0]), b = snapped(points[1]), c = snapped(points[2]);
    const Whole at = {column * 256, row * 256};
    const std::int64_t area = turn(a, b, c);
    if (area <= 0 || !is_inside(a, b, at) || !is_inside(b, c, at) || !is_inside(c, a, at)) {
        return std::nullopt;
    }
    const auto part = [&](const Whole& from, const Whole& to) {
        return static_cast<double>(turn(from, to, at)) / static_cast<double>(area);
    };
    return part(b, c) * points[0].z + part(c, a) * points[1].z + part(a, b) * points[2].z;
}

// Any triangles of any vertices: not a face's.
Mesh tangle(Random& random, int vertices, int triangles, float width, float height, float spread) {
    Mesh mesh;
    const float x = random.uniform(0, width), y = random.uniform(0, height);
    for (int i = 0; i < vertices; ++i) {
        mesh.points.push_back(
            {x + random.uniform(-spread, spread), y + random.uniform(-spread, spread), random.uniform(-50, 50)});
    }
    for (int i = 0; i < 3 * triangles; ++i) {
        mesh.triangles.push_back(random.between(0, vertices - 1));
    }
    return mesh;
}

void compare_with_reference(const Mesh& mesh, const Canvas& canvas, const Drawn& found) {
    for (int row = 0; row < canvas.height; ++row) {
        for (int column = 0; column < canvas.width; ++column) {
            std::optional<double> nearest;
            for (std::size_t triangle = 0; triangle < mesh.count(); ++triangle) {
                const auto depth = depth_at(mesh, triangle, canvas.left + column, canvas.top + row);
                nearest = depth && (!nearest || *depth > *nearest) ? depth : nearest;
            }
            const std::size_t pixel = static_cast<std::size_t>(row) * canvas.width + column;
            CHECK(nearest.has_value() == !std::isnan(found.depth[pixel]));
            CHECK(nearest.has_value() == (found.triangle[pixel] >= 0));
            if (nearest) {
                const auto winner = static_cast<std::size_t>(found.triangle[pixel]);
                const auto depth = depth_at(mesh, winner, canvas.left + column, canvas.top + row);
                CHECK(depth && *depth > *nearest - 1e-3);
                CHECK(std::abs(found.depth[pixel] - *nearest) < 1e-3);
            }
        }
    }
}

void coverage_and_depth_order_are_those_of_brute_force() {
    Random random(1);
    for (int round = 0; round < 150; ++round) {
        const Canvas canvas = {random.between(-20, 20), random.between(-20, 20), random.between(1, 24),
                               random.between(1, 24)};
        const float spread = round % 3 == 0 ? 2 : round % 3 == 1 ? 15 : 300;
        Mesh mesh = tangle(random, random.between(3, 20), random.between(1, 30), 20, 20, spread);
        if (round % 2 == 0) {  // corners and edges that lie on the centres of pixels
            for (MeshPoint& point : mesh.points) {
                point.x = std::round(point.x);
                point.y = std::round(2 * point.y) / 2;
            }
        }
        for (const Kernel kernel : kernels) {
            compare_with_reference(mesh, canvas, drawn(mesh, canvas, kernel));
        }
    }
}

// How many triangles draw each pixel when each is drawn alone.
std::vector<int> times_drawn(const Mesh& mesh, const Canvas& canvas, Kernel kernel) {
    std::vector<int> times(static_cast<std::size_t>(canvas.width) * canvas.height);
    const auto rows = mesh.rows();
    std::vector<float> depth(times.size());
    for (std::size_t triangle = 0; triangle < mesh.count(); ++triangle) {
        // A group of nine, of which the others are nothing, so that the fast path has something to do.
        std::vector<std::int32_t> group(27, 0);
        std::copy_n(mesh.triangles.begin() + static_cast<std::ptrdiff_t>(3 * triangle), 3, group.begin());
        visaged::Rasteriser rasteriser(group.data(), 9, mesh.points.size());
        rasteriser.draw_depth(rows.data(), canvas, depth.data(), kernel);
        for (std::size_t pixel = 0; pixel < times.size(); ++pixel) {
            times[pixel] += std::isnan(depth[pixel]) ? 0 : 1;
        }
    }
    return times;
}

// A polygon cut into slices around its middle; its corners lie on the centres of pixels.
Mesh fan(Random& random, float middle_x, float middle_y) {
    Mesh mesh;
    mesh.add(middle_x, middle_y, 0);
    const int corners = random.between(3, 16);
    for (int i = 0; i < corners; ++i) {
        const double angle = 6.283185307179586 * i / corners;
        mesh.add(std::round(16 + 14 * static_cast<float>(std::cos(angle))),
                 std::round(16 + 14 * static_cast<float>(std::sin(angle))), 0);
    }
    for (int i = 1; i <= corners; ++i) {
        mesh.add_triangle(0, i, i % corners + 1);
    }
    return mesh;
}

void a_fan_of_triangles_draws_no_pixel_twice_and_leaves_none_out() {
    Random random(2);
    const Canvas canvas = {0, 0, 33, 33};
    for (int round = 0; round < 60; ++round) {
        const bool on_centre = round % 2 == 0;
        const MeshPoint middle = {random.uniform(12, 20), random.uniform(12, 20), 0};
        const Mesh mesh = on_centre ? fan(random, 16, 16) : fan(random, middle.x, middle.y);
        for (const Kernel kernel : kernels) {
            const auto times = times_drawn(mesh, canvas, kernel);
            CHECK(*std::max_element(times.begin(), times.end()) == 1);
            const int corners = static_cast<int>(mesh.points.size()) - 1;
            const Whole centre = {16 * 256, 16 * 256};
            for (int pixel = 0; pixel < 33 * 33; ++pixel) {  // the polygon is what its corners go around
                const Whole at = {std::int64_t{pixel % 33} * 256, std::int64_t{pixel / 33} * 256};
                bool inside = turn(snapped(mesh.points[1]), snapped(mesh.points[2]), centre) > 0;
                for (int i = 1; i <= corners; ++i) {
                    inside = inside && is_inside(snapped(mesh.points[index(i)]),
                                                 snapped(mesh.points[index(i % corners + 1)]), at);
                }
                CHECK(times[index(pixel)] == (inside ? 1 : 0));
            }
        }
    }
}

// Squares of `pitch` pixels, halved along one diagonal or the other.
Mesh grid(Random& random, float pitch, float shift, int cells) {
    Mesh mesh;
    for (int i = 0; i < (cells + 1) * (cells + 1); ++i) {
        const int column = i % (cells + 1), row = i / (cells + 1);
        mesh.add(shift + pitch * static_cast<float>(column), shift + pitch * static_cast<float>(row), 0);
    }
    for (int i = 0; i < cells * cells; ++i) {
        const int a = i / cells * (cells + 1) + i % cells, b = a + 1, c = a + cells + 1, d = c + 1;
        const bool falling = random.between(0, 1) == 0;
        mesh.add_triangle(a, b, falling ? d : c);
        mesh.add_triangle(falling ? a : b, d, c);
    }
    return mesh;
}

void a_grid_of_triangles_draws_every_pixel_of_its_square_once() {
    Random random(3);
    for (const float pitch : {0.25F, 0.5F, 1.0F, 1.5F, 2.0F, 7.0F, 40.0F, 100.0F}) {
        for (const float shift : {0.0F, 0.5F, 3.25F}) {
            const int cells = pitch < 10 ? 8 : 2;
            const Mesh mesh = grid(random, pitch, shift, cells);
            const int side = 10 + static_cast<int>(pitch * static_cast<float>(cells));
            const float last = shift + pitch * static_cast<float>(cells);
            for (const Kernel kernel : kernels) {
                const auto times = times_drawn(mesh, {0, 0, side, side}, kernel);
                for (int pixel = 0; pixel < side * side; ++pixel) {
                    const int column = pixel % side, row = pixel / side;
                    const auto x = static_cast<float>(column), y = static_cast<float>(row);
                    const bool inside = shift <= x && x < last && shift <= y && y < last;
                    CHECK(times[index(pixel)] == (inside ? 1 : 0));
                }
            }
        }
    }
}

void a_closed_sphere_has_no_hole(float diameter, int rings, Kernel kernel) {
    const float radius = diameter / 2, middle = radius + 1.37F;
    const Mesh mesh = sphere(middle, middle + 0.21F, radius, rings, 2 * rings);
    const int side = static_cast<int>(diameter) + 5;
    std::vector<float> depth(static_cast<std::size_t>(side) * side);
    visaged::Rasteriser rasteriser = mesh.rasteriser();
    rasteriser.draw_depth(mesh.rows().data(), {0, 0, side, side}, depth.data(), kernel);
    // The polygon that the sphere's outline is reaches this far in from it; a vertex is off by half a 256th of a pixel.
    const double flat = std::cos(3.14159265358979323846 / (2 * rings)), inner = radius * flat * flat - 0.01;
    int holes = 0, strays = 0;
    for (int row = 0; row < side; ++row) {
        for (int column = 0; column < side; ++column) {
            const double distance = std::hypot(column - middle, row - (middle + 0.21F));
            const bool empty = std::isnan(depth[static_cast<std::size_t>(row) * side + column]);
            holes += empty && distance < inner ? 1 : 0;
            strays += !empty && distance > radius + 0.01 ? 1 : 0;
        }
    }
    CHECK(holes == 0);
    CHECK(strays == 0);
    const auto at = static_cast<std::size_t>(std::lround(middle));
    CHECK(depth[at * static_cast<std::size_t>(side) + at] > radius / 2);  // its outside
}

void closed_surfaces_are_watertight_at_any_size() {
    for (const Kernel kernel : kernels) {
        for (const float diameter : {2.0F, 2.6F, 5.0F, 17.3F, 64.0F, 333.0F, 1000.0F}) {
            a_closed_sphere_has_no_hole(diameter, 40, kernel);
            a_closed_sphere_has_no_hole(diameter, 8, kernel);
        }
    }
    a_closed_sphere_has_no_hole(4000, 120, Kernel::fastest);
}

void the_first_of_equally_near_triangles_wins() {
    Mesh mesh;
    for (const float z : {1.0F, 5.0F, 5.0F, 2.0F, 5.0F}) {
        for (int copy = 0; copy < 3; ++copy) {
            mesh.add_triangle(mesh.add(0, 0, z), mesh.add(6, 0, z), mesh.add(0, 6, z));
        }
    }
    for (const Kernel kernel : kernels) {
        const Drawn found = drawn(mesh, {0, 0, 6, 6}, kernel);
        for (std::size_t pixel = 0; pixel < 36; ++pixel) {
            CHECK(found.triangle[pixel] == (pixel % 6 + pixel / 6 < 6 ? 3 : -1));
        }
    }
}

void backs_are_not_drawn() {
    Mesh mesh;
    const auto a = mesh.add(1, 1, 9), b = mesh.add(9, 1, 9), c = mesh.add(1, 9, 9);
    for (int copy = 0; copy < 9; ++copy) {
        mesh.add_triangle(a, c, b);  // counter-clockwise as one sees it
    }
    for (const Kernel kernel : kernels) {
        for (const float depth : drawn(mesh, {0, 0, 12, 12}, kernel).depth) {
            CHECK(std::isnan(depth));
        }
    }
}

Drawn coloured(const std::uint8_t* colours, Kernel kernel) {  // twelve, of three corners
    Mesh mesh;
    const auto a = mesh.add(0, 0, 0), b = mesh.add(60, 0, 0), c = mesh.add(0, 60, 0);
    for (int copy = 0; copy < 9; ++copy) {
        mesh.add_triangle(a, b, c);
    }
    return drawn(mesh, {0, 0, 60, 60}, kernel, std::vector<std::uint8_t>(colours, colours + 12));
}

void one_colour_stays_what_it_is_in_each_channel() {
    for (const Kernel kernel : kernels) {
        for (int level = 0; level < 256; ++level) {
            const auto blue = static_cast<std::uint8_t>(level), green = static_cast<std::uint8_t>(255 - level);
            const std::uint8_t colours[] = {blue, green, 7, 1, blue, green, 7, 2, blue, green, 7, 3};
            const Drawn found = coloured(colours, kernel);
            for (std::size_t pixel = 0; pixel < 3600; ++pixel) {
                const bool inside = pixel % 60 + pixel / 60 < 60;
                CHECK(found.picture[3 * pixel] == (inside ? blue : 0));
                CHECK(found.picture[3 * pixel + 1] == (inside ? green : 0));
                CHECK(found.picture[3 * pixel + 2] == (inside ? 7 : 0));
            }
        }
    }
}

void colours_between_corners_are_mixed() {
    const std::uint8_t colours[] = {0, 255, 30, 0, 255, 0, 30, 0, 0, 255, 230, 0};  // along x, against x, along y
    for (const Kernel kernel : kernels) {
        const Drawn found = coloured(colours, kernel);
        for (int pixel = 0; pixel < 3600; ++pixel) {
            const int x = pixel % 60, y = pixel / 60;
            const std::uint8_t* colour = found.picture.data() + 3 * static_cast<std::ptrdiff_t>(pixel);
            if (x + y < 60) {
                CHECK(std::abs(colour[0] - 255 * x / 60.0) <= 1);
                CHECK(std::abs(colour[1] - (255 - 255 * x / 60.0)) <= 1);
                CHECK(std::abs(colour[2] - (30 + 200 * y / 60.0)) <= 1);
            }
        }
    }
}

}  // namespace

int main() {
    coverage_and_depth_order_are_those_of_brute_force();
    a_fan_of_triangles_draws_no_pixel_twice_and_leaves_none_out();
    a_grid_of_triangles_draws_every_pixel_of_its_square_once();
    closed_surfaces_are_watertight_at_any_size();
    the_first_of_equally_near_triangles_wins();
    backs_are_not_drawn();
    one_colour_stays_what_it_is_in_each_channel();
    colours_between_corners_are_mixed();
    return failures();
}
