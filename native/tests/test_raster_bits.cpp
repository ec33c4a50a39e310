// The rasteriser's fast path against its reference on everything that comes; what it writes to and what it allocates.
#include <cstdlib>
#include <new>

#include "check.h"
#include "mesh.h"
#include "visaged/raster.h"

namespace {

using visaged::Canvas;
using visaged::Kernel;

std::size_t allocations = 0;

}  // namespace

// Not inline: g++ 12 would find that memory of `new` is given to `free`.
__attribute__((noinline)) void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size > 0 ? size : 1)) {
        return memory;
    }
    throw std::bad_alloc();
}

__attribute__((noinline)) void operator delete(void* memory) noexcept {
    std::free(memory);
}

__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

// Braces set the order of evaluation, which compilers differ in between parentheses.
Mesh tangle(Random& random, int vertices, int triangles, float spread) {
    Mesh mesh;
    for (int i = 0; i < vertices; ++i) {
        mesh.points.push_back(
            {random.uniform(-spread, spread), random.uniform(-spread, spread), random.uniform(-spread, spread)});
    }
    for (int i = 0; i < 3 * triangles; ++i) {
        mesh.triangles.push_back(random.between(0, vertices - 1));
    }
    return mesh;
}

// Triangles of about `size` pixels all over a square of `side`, most of them facing the viewer.
Mesh confetti(Random& random, int triangles, float size, float side) {
    Mesh mesh;
    for (int i = 0; i < triangles; ++i) {
        const MeshPoint a = {random.uniform(-size, side + size), random.uniform(-size, side + size),
                             random.uniform(-9, 9)};
        const MeshPoint b = {a.x + random.uniform(0, size), a.y + random.uniform(-size, size) / 2, a.z};
        const MeshPoint c = {a.x + random.uniform(-size, size) / 2, a.y + random.uniform(0, size), a.z - 1};
        mesh.points.insert(mesh.points.end(), {a, b, c});
        mesh.add_triangle(3 * i, 3 * i + 1, 3 * i + 2);
    }
    return mesh;
}

void check_kernels(const Mesh& mesh, const Canvas& canvas, Random& random) {
    const auto colours = random.bytes(4 * mesh.points.size());
    CHECK(drawn(mesh, canvas, Kernel::scalar, colours) == drawn(mesh, canvas, Kernel::fastest, colours));
}

void fast_and_scalar_give_the_same_bits_at_every_size() {
    Random random(1);
    for (const float size : {0.01F, 0.1F, 0.5F, 1.0F, 3.0F, 7.0F, 9.0F, 30.0F, 63.9F, 64.0F, 64.1F, 200.0F, 5000.0F}) {
        for (int round = 0; round < 12; ++round) {
            const Canvas canvas = {random.between(-30, 30), random.between(-30, 30), random.between(1, 70),
                                   random.between(1, 70)};
            check_kernels(confetti(random, random.between(1, 60), size, 40), canvas, random);
            check_kernels(tangle(random, random.between(3, 40), random.between(1, 60), size), canvas, random);
        }
    }
    check_kernels(confetti(random, 500, 300, 1000), {0, 0, 1000, 700}, random);
}

void corners_on_centres_and_limits_give_the_same_bits() {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        Mesh mesh = tangle(random, 12, 40, round % 2 == 0 ? 12 : 70);
        for (MeshPoint& point : mesh.points) {
            point = {std::round(point.x), std::round(2 * point.y) / 2, std::round(point.z / 8)};
        }
        check_kernels(mesh, {random.between(-9, 9), random.between(-9, 9), random.between(1, 40), 9}, random);
    }
}

void canvases_of_one_pixel_and_far_away_give_the_same_bits() {
    Random random(3);
    const int limit = visaged::max_position - visaged::max_canvas;
    for (int round = 0; round < 300; ++round) {
        const int left = round % 3 == 0 ? limit : round % 3 == 1 ? -limit : 0, top = round % 2 == 0 ? -limit : 5;
        Mesh mesh = tangle(random, 12, 30, round % 5 == 0 ? 2e6F : 20);
        for (MeshPoint& point : mesh.points) {
            point = {point.x + static_cast<float>(left), point.y + static_cast<float>(top), point.z};
        }
        check_kernels(mesh, {left, top, round % 7 + 1, 1}, random);
        check_kernels(mesh, {left, top, 1, round % 7 + 1}, random);
    }
}

void vertices_that_are_nowhere_are_harmless() {
    Random random(4);
    const float hostile[] = {nan_float, infinite, -infinite, 3e38F,    -3e38F,  1e-44F,     -0.0F,
                             1048576,   1048577,  -1048576,  -1048577, 8388608, 2147483648, -2147483648};
    for (int round = 0; round < 400; ++round) {
        Mesh mesh = tangle(random, 20, 40, 30);
        for (int i = random.between(1, 12); i > 0; --i) {
            MeshPoint& point = mesh.points[static_cast<std::size_t>(random.between(0, 19))];
            float* coordinates[] = {&point.x, &point.y, &point.z};
            *coordinates[random.between(0, 2)] = hostile[random.between(0, 13)];
        }
        check_kernels(mesh, {-20, -20, 41, 41}, random);
    }
}

// A vertex that cannot be drawn takes its own triangles with it and no others.
void what_is_drawn_is_finite() {
    for (const float hostile : {nan_float, infinite, -infinite, 3e38F, 1048577.0F}) {
        for (float MeshPoint::*coordinate : {&MeshPoint::x, &MeshPoint::y, &MeshPoint::z}) {
            Mesh mesh;
            const auto a = mesh.add(0, 0, 1), b = mesh.add(20, 0, 2), c = mesh.add(0, 20, 3), d = mesh.add(20, 20, 4);
            for (int copy = 0; copy < 9; ++copy) {
                mesh.add_triangle(b, d, c);
                mesh.add_triangle(a, b, c);
            }
            mesh.points[static_cast<std::size_t>(d)].*coordinate = hostile;
            for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
                const Drawn found = drawn(mesh, {0, 0, 20, 20}, kernel);
                for (std::size_t pixel = 0; pixel < 400; ++pixel) {
                    const bool inside = pixel % 20 + pixel / 20 < 20;
                    CHECK(found.triangle[pixel] == (inside ? 1 : -1));
                    CHECK(std::isnan(found.depth[pixel]) != inside);
                }
            }
        }
    }
}

void every_bit_is_the_same_on_every_machine() {
    Random random(7);
    for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
        Hash hash;
        random = Random(7);
        for (const float size : {0.5F, 6.0F, 90.0F}) {
            const Mesh mesh = confetti(random, 300, size, 100);
            const Drawn found = drawn(mesh, {-3, 4, 111, 97}, kernel, random.bytes(4 * mesh.points.size()));
            hash.add(found.triangle);
            hash.add(found.picture);
            for (std::size_t pixel = 0; pixel < found.depth.size(); ++pixel) {
                if (found.triangle[pixel] >= 0) {  // a NaN may have any bits
                    hash.add(
                        std::vector<float>{found.depth[pixel], found.weights[2 * pixel], found.weights[2 * pixel + 1]});
                }
            }
        }
        CHECK(hash.is(0xd7e231078afd7829U));
    }
}

void nothing_is_written_beside_the_buffers() {
    Random random(5);
    for (int round = 0; round < 150; ++round) {
        const Canvas canvas = {random.between(-9, 9), random.between(-9, 9), random.between(1, 20),
                               random.between(1, 20)};
        const std::size_t area = static_cast<std::size_t>(canvas.width) * canvas.height;
        const Mesh mesh = tangle(random, 10, 50, 40);
        const auto rows = mesh.rows();
        const auto colours = random.bytes(4 * mesh.points.size());
        visaged::Rasteriser rasteriser = mesh.rasteriser();
        for (const Kernel kernel : {Kernel::scalar, Kernel::fastest}) {
            Guarded<float> depth(area), weights(2 * area);
            Guarded<std::uint8_t> picture(3 * area);
            Guarded<std::int32_t> triangle(area);
            rasteriser.draw_depth(rows.data(), canvas, depth.data(), kernel);
            rasteriser.draw_colours(rows.data(), colours.data(), canvas, depth.data(), picture.data(), kernel);
            rasteriser.draw_triangles(rows.data(), canvas, depth.data(), triangle.data(), weights.data(), kernel);
            CHECK(depth.is_intact() && weights.is_intact() && picture.is_intact() && triangle.is_intact());
        }
    }
}

void drawing_allocates_nothing() {
    Random random(6);
    const Mesh mesh = confetti(random, 200, 9, 60);
    const auto rows = mesh.rows();
    const auto colours = random.bytes(4 * mesh.points.size());
    visaged::Rasteriser rasteriser = mesh.rasteriser();
    std::vector<float> depth(3600), weights(7200);
    std::vector<std::int32_t> triangle(3600);
    std::vector<std::uint8_t> picture(10800);
    const std::size_t before = allocations;
    for (const int side : {9, 60}) {
        const Canvas canvas = {0, 0, side, side};
        rasteriser.draw_depth(rows.data(), canvas, depth.data());
        rasteriser.draw_colours(rows.data(), colours.data(), canvas, depth.data(), picture.data());
        rasteriser.draw_triangles(rows.data(), canvas, depth.data(), triangle.data(), weights.data());
    }
    CHECK(allocations == before);
}

void a_mesh_without_triangles_is_nothing() {
    visaged::Rasteriser rasteriser(nullptr, 0, 0), points(nullptr, 0, 2);
    const float rows[6] = {};
    for (visaged::Rasteriser* each : {&rasteriser, &points}) {
        float depth = 1;
        each->draw_depth(rows, {0, 0, 1, 1}, &depth);
        CHECK(std::isnan(depth));
        CHECK(each->triangles() == 0);
        static_cast<void>(each->corners());  // for the sanitizer to see
    }
}

void what_cannot_be_drawn_is_rejected() {
    for (const std::int32_t number : {-1, 3, 2147483647, -2147483647 - 1}) {
        for (int place = 0; place < 3; ++place) {
            std::int32_t triangle[] = {0, 1, 2};
            triangle[place] = number;
            CHECK(rejects([&] { visaged::Rasteriser(triangle, 1, 3); }));
        }
    }
    const std::int32_t triangle[] = {0, 1, 2};
    visaged::Rasteriser rasteriser(triangle, 1, 3);
    const float rows[9] = {};
    float depth = 0, weights[2];
    std::uint8_t colours[12] = {}, pixel[3];
    std::int32_t number;
    const int limit = visaged::max_position - visaged::max_canvas, lowest = -2147483647 - 1;
    for (const Canvas& canvas :
         {Canvas{0, 0, 0, 1}, Canvas{0, 0, 1, 0}, Canvas{0, 0, -1, 1}, Canvas{0, 0, 1, visaged::max_canvas + 1},
          Canvas{0, 0, visaged::max_canvas + 1, 1}, Canvas{limit + 1, 0, 1, 1}, Canvas{-limit - 1, 0, 1, 1},
          Canvas{0, limit + 1, 1, 1}, Canvas{0, -limit - 1, 1, 1}, Canvas{lowest, lowest, 1, 1},
          Canvas{2147483647, 2147483647, 1, 1}}) {
        CHECK(rejects([&] { rasteriser.draw_depth(rows, canvas, &depth); }));
        CHECK(rejects([&] { rasteriser.draw_colours(rows, colours, canvas, &depth, pixel); }));
        CHECK(rejects([&] { rasteriser.draw_triangles(rows, canvas, &depth, &number, weights); }));
    }
    CHECK(!rejects([&] { rasteriser.draw_depth(rows, {limit, -limit, 1, 1}, &depth); }));
}

}  // namespace

int main() {
    fast_and_scalar_give_the_same_bits_at_every_size();
    corners_on_centres_and_limits_give_the_same_bits();
    canvases_of_one_pixel_and_far_away_give_the_same_bits();
    vertices_that_are_nowhere_are_harmless();
    what_is_drawn_is_finite();
    every_bit_is_the_same_on_every_machine();
    nothing_is_written_beside_the_buffers();
    drawing_allocates_nothing();
    a_mesh_without_triangles_is_nothing();
    what_cannot_be_drawn_is_rejected();
    return failures();
}
