// What is seen of a surface, and its texture.
#include <cmath>

#include "check.h"
#include "mesh.h"
#include "visaged/unwrap.h"

namespace {

using visaged::Canvas;
using visaged::ImageView;
using visaged::Unwrapper;

struct Picture {
    int width, height, stride;
    std::vector<std::uint8_t> bytes;

    Picture(Random& random, int w, int h, int gap = 0) : width(w), height(h), stride(3 * w + gap) {
        bytes = random.bytes(static_cast<std::size_t>(stride) * (h - 1) + 3 * static_cast<std::size_t>(w));
    }

    ImageView view() const { return {bytes.data(), width, height, stride}; }
    std::uint8_t at(int x, int y, int channel) const { return bytes[index(stride * y + 3 * x + channel)]; }
};

std::vector<float> depth_of(const Mesh& mesh, const Canvas& canvas) {
    std::vector<float> depth(static_cast<std::size_t>(canvas.width) * canvas.height);
    mesh.rasteriser().draw_depth(mesh.rows().data(), canvas, depth.data());
    return depth;
}

struct Texture {
    std::vector<std::uint8_t> colours, seen;
};

Texture unwrapped(const Unwrapper& unwrapper, const Mesh& mesh, const Picture& picture, const Canvas& canvas,
                  const std::vector<float>& depth) {
    const std::size_t area = static_cast<std::size_t>(unwrapper.size()) * unwrapper.size();
    Guarded<std::uint8_t> colours(3 * area), seen(area);
    unwrapper.unwrap(mesh.rows().data(), picture.view(), canvas, depth.data(), 0.5F, colours.data(), seen.data());
    CHECK(colours.is_intact() && seen.is_intact());
    return {{colours.data(), colours.data() + 3 * area}, {seen.data(), seen.data() + area}};
}

// A rectangle in the image at a depth, from (x1, y1) to (x2, y2).
void add_plane(Mesh& mesh, float x1, float y1, float x2, float y2, float z) {
    const auto a = mesh.add(x1, y1, z), b = mesh.add(x2, y1, z), c = mesh.add(x1, y2, z), d = mesh.add(x2, y2, z);
    mesh.add_triangle(a, b, c);
    mesh.add_triangle(b, d, c);
}

// The whole texture, and a little more on each side, so that its last row and column belong to it, too.
constexpr float margin = 0.01F;
const std::vector<float> whole_uv = {-margin, 1 + margin, 1 + margin, 1 + margin,
                                     -margin, -margin,    1 + margin, -margin};

// What a mesh of that texture must be for its first texel to be at (x1, y1), its last at (x2, y2).
Mesh plane(float x1, float y1, float x2, float y2) {
    Mesh mesh;
    const float right = margin * (x2 - x1), down = margin * (y2 - y1);
    add_plane(mesh, x1 - right, y1 - down, x2 + right, y2 + down, 0);
    return mesh;
}

void a_plane_gives_the_picture_back() {
    Random random(1);
    for (const int size : {2, 7, 64}) {
        const Picture picture(random, size, size, 2);
        const auto last = static_cast<float>(size - 1);
        const Mesh mesh = plane(0, 0, last, last);
        const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, size);
        const Canvas canvas = {0, 0, size, size};
        const Texture texture = unwrapped(unwrapper, mesh, picture, canvas, depth_of(mesh, canvas));
        for (int i = 0; i < 3 * size * size; ++i) {
            const int x = i / 3 % size, y = i / 3 / size;
            const bool at_border = x == 0 || y == 0 || x == size - 1 || y == size - 1;  // a rounding beyond, perhaps
            if (!at_border) {
                CHECK(texture.seen[index(i / 3)] == 1);
            }
            if (texture.seen[index(i / 3)] == 1) {
                CHECK(std::abs(texture.colours[index(i)] - picture.at(x, y, i % 3)) <= 2);
            }
        }
    }
}

// One white pixel, looked at from between it and its neighbours.
void colours_between_pixels_are_mixed() {
    Random random(2);
    Picture picture(random, 3, 3);
    std::fill(picture.bytes.begin(), picture.bytes.end(), std::uint8_t{0});
    std::fill_n(picture.bytes.begin() + 12, 3, std::uint8_t{200});
    const Mesh mesh = plane(0.5F, 0.75F, 1.5F, 1.75F);  // its texture of 3 x 3 samples it every half pixel
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 3);
    const Texture texture = unwrapped(unwrapper, mesh, picture, {9, 9, 1, 1}, {nan_float});
    const int expected[] = {75, 150, 75, 75, 150, 75, 25, 50, 25};
    for (int texel = 0; texel < 9; ++texel) {
        CHECK(texture.seen[index(texel)] == 1);
        CHECK(std::abs(texture.colours[index(3 * texel)] - expected[texel]) <= 1);
    }
}

void what_is_behind_something_is_not_seen() {
    Random random(3);
    const Picture picture(random, 40, 40);
    Mesh mesh = plane(0, 0, 30, 30);
    add_plane(mesh, -1, -1, 15, 31, 5);  // before the left half
    std::vector<float> uv = whole_uv;
    uv.insert(uv.end(), {9, 9, 9, 9, 9, 9, 9, 9});  // it has no texture
    const Unwrapper unwrapper(uv.data(), 8, mesh.triangles.data(), 4, 31);
    const Canvas canvas = {-1, -1, 33, 33};
    const Texture texture = unwrapped(unwrapper, mesh, picture, canvas, depth_of(mesh, canvas));
    for (int texel = 0; texel < 31 * 31; ++texel) {
        const int x = texel % 31, y = texel / 31;
        if (x == 14 || x == 15 || x == 0 || y == 0 || x == 30 || y == 30) {
            continue;  // the borders, to the pixel
        }
        CHECK(texture.seen[index(texel)] == (x > 15 ? 1 : 0));
        for (int channel = 0; channel < 3; ++channel) {
            const int found = texture.colours[index(3 * texel + channel)];
            CHECK(x > 15 ? std::abs(found - picture.at(x, y, channel)) <= 2 : found == 0);
        }
    }
}

void a_texture_may_be_the_mirror_of_the_mesh() {
    Random random(8);
    const Picture picture(random, 31, 31);
    const Mesh mesh = plane(0, 0, 30, 30);
    std::vector<float> mirrored = whole_uv;
    for (std::size_t i = 0; i < mirrored.size(); i += 2) {
        mirrored[i] = 1 - mirrored[i];
    }
    const Unwrapper unwrapper(mirrored.data(), 4, mesh.triangles.data(), 2, 31);
    const Canvas canvas = {0, 0, 31, 31};
    const Texture texture = unwrapped(unwrapper, mesh, picture, canvas, depth_of(mesh, canvas));
    for (int y = 1; y < 30; ++y) {
        for (int x = 1; x < 30; ++x) {
            CHECK(texture.seen[index(31 * y + x)] == 1);
            CHECK(std::abs(texture.colours[index(3 * (31 * y + x))] - picture.at(30 - x, y, 0)) <= 2);
        }
    }
}

void what_is_turned_away_is_not_seen_though_nothing_is_before_it() {
    Random random(7);
    const Picture picture(random, 31, 31);
    const Mesh mesh = plane(30, 0, 0, 30);
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 31);
    const Texture texture = unwrapped(unwrapper, mesh, picture, {0, 0, 1, 1}, {nan_float});
    CHECK(texture.seen == std::vector<std::uint8_t>(961, 0));
    CHECK(texture.colours == std::vector<std::uint8_t>(2883, 0));
}

void what_lies_outside_the_picture_is_not_seen() {
    Random random(4);
    const Picture picture(random, 10, 10);
    const Mesh mesh = plane(-10, -10, 20, 20);
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 31);
    const Canvas canvas = {0, 0, 10, 10};
    const Texture texture = unwrapped(unwrapper, mesh, picture, canvas, depth_of(mesh, canvas));
    for (int texel = 0; texel < 31 * 31; ++texel) {
        const int x = texel % 31 - 10, y = texel / 31 - 10;
        if (x != 0 && y != 0 && x != 9 && y != 9) {  // the borders: a rounding outside, perhaps
            CHECK(texture.seen[index(texel)] == (x > 0 && x < 9 && y > 0 && y < 9 ? 1 : 0));
        }
    }
}

// The sanitizer sees a read beyond the picture.
void the_last_pixel_has_no_neighbours() {
    Random random(8);
    for (const int side : {1, 5}) {
        const Picture picture(random, side, side, 1);
        const auto last = static_cast<float>(side - 1);
        const Mesh mesh = plane(last, last, last, last);
        const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 4);
        const Texture texture = unwrapped(unwrapper, mesh, picture, {0, 0, 1, 1}, {0.0F});
        for (std::size_t i = 0; i < 48; ++i) {
            CHECK(texture.seen[i / 3] == 1);
            CHECK(texture.colours[i] == picture.at(side - 1, side - 1, static_cast<int>(i % 3)));
        }
    }
}

void a_picture_of_one_pixel_can_be_looked_at() {
    Random random(5);
    const Picture picture(random, 1, 1);
    const Mesh mesh = plane(-2, -2, 2, 2);
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 5);
    const Texture texture = unwrapped(unwrapper, mesh, picture, {0, 0, 1, 1}, {0.0F});
    for (std::size_t texel = 0; texel < 25; ++texel) {
        CHECK(texel == 12 || texture.seen[texel] == 0);
    }
}

std::vector<std::uint8_t> seen_in(const std::vector<MeshPoint>& points, const Canvas& canvas,
                                  const std::vector<float>& depth, float tolerance) {
    Mesh mesh;
    mesh.points = points;
    Guarded<std::uint8_t> seen(points.size());
    visaged::visibility(mesh.rows().data(), points.size(), canvas, depth.data(), tolerance, seen.data());
    CHECK(seen.is_intact());
    return {seen.data(), seen.data() + points.size()};
}

using Seen = std::vector<std::uint8_t>;

void a_point_is_hidden_where_all_that_covers_its_pixels_is_nearer() {
    const Canvas canvas = {10, 20, 3, 2};
    const std::vector<float> depth = {5, 5, nan_float, 5, 5, 5};
    CHECK((seen_in({{10.5F, 20.5F, 5}, {10.5F, 20.5F, 4}, {10.5F, 20.5F, 2.9F}, {10, 20, 0}}, canvas, depth, 2) ==
           Seen{1, 1, 0, 0}));
    CHECK((seen_in({{11.5F, 20.5F, 0}, {11.5F, 20.5F, 3}}, canvas, depth, 2) == Seen{0, 1}));  // background beside it
    CHECK((seen_in({{11.5F, 20.5F, -9}}, canvas, std::vector<float>(6, nan_float), 2) == Seen{1}));  // and nothing else
    // Outside of the canvas, or not between four of its pixels.
    CHECK((seen_in({{9.9F, 20.5F, 0}, {10.5F, 19.9F, 0}, {12, 20, 0}, {10, 21, 0}, {-9e5F, 9e5F, 0}}, canvas, depth,
                   2) == Seen{1, 1, 1, 1, 1}));
}

void pixels_left_of_and_above_the_picture_hide_as_well() {
    const Canvas canvas = {-2, -2, 4, 4};
    std::vector<float> depth(16, nan_float);
    depth[5] = 5;  // at (-1, -1)
    CHECK((seen_in({{-0.5F, -0.5F, 0}, {-1, -1, 0}, {0.5F, 0.5F, 0}, {-1.5F, -1.5F, 0}}, canvas, depth, 2) ==
           Seen{0, 0, 1, 0}));
}

void a_point_that_is_nowhere_is_not_seen() {
    const Canvas canvas = {-1, -1, 3, 3};
    const std::vector<float> empty(9, nan_float);
    for (const float hostile : {nan_float, infinite, -infinite}) {
        CHECK((seen_in({{hostile, 0, 0}, {0, hostile, 0}, {0, 0, hostile}, {50, 50, hostile}}, canvas, empty, 1) ==
               Seen{0, 0, 0, 0}));
    }
    CHECK((seen_in({{1048577, 0, 0}, {0, -1048577, 0}, {3e38F, 0, 0}, {1048576, 1048576, 0}, {0, 0, 3e38F}}, canvas,
                   empty, 1) == Seen{0, 0, 0, 1, 1}));
}

// A vertex of a convex surface that faces the viewer is seen, whatever its slant; one of its back is not. At the rim,
// where there is background beside it, either may be.
void the_front_of_a_sphere_is_seen_and_its_back_is_not() {
    for (const float radius : {8.0F, 60.0F, 400.0F}) {
        const Mesh mesh = sphere(radius + 2.3F, radius + 2.8F, radius, 40, 80);
        const int side = static_cast<int>(2 * radius) + 6;
        const Canvas canvas = {0, 0, side, side};
        const auto seen = seen_in(mesh.points, canvas, depth_of(mesh, canvas), 0.04F * radius);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const MeshPoint& point = mesh.points[i];
            const float distance = std::hypot(point.x - radius - 2.3F, point.y - radius - 2.8F);
            if (distance < 0.98F * radius && distance < radius - 1.5F) {
                CHECK(seen[i] == (point.z > 0 ? 1 : 0));
            }
        }
    }
}

void meshes_that_are_nowhere_have_no_texture() {
    Random random(6);
    const Picture picture(random, 9, 9);
    Mesh mesh = plane(0, 0, 8, 8);
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 9);
    for (const float hostile : {nan_float, infinite, -infinite, 3e38F}) {
        for (float MeshPoint::*coordinate : {&MeshPoint::x, &MeshPoint::y}) {
            for (MeshPoint& point : mesh.points) {
                point.*coordinate = hostile;
            }
            const Texture texture = unwrapped(unwrapper, mesh, picture, {0, 0, 1, 1}, {nan_float});
            CHECK(texture.seen == Seen(81, 0));
            CHECK(texture.colours == std::vector<std::uint8_t>(243, 0));
        }
    }
}

void what_cannot_be_unwrapped_is_rejected() {
    const Mesh mesh = plane(0, 0, 8, 8);
    const auto refuses = [&](const std::vector<float>& uv, const std::vector<std::int32_t>& triangles, int size) {
        return rejects([&] { Unwrapper(uv.data(), 4, triangles.data(), triangles.size() / 3, size); });
    };
    CHECK(!refuses(whole_uv, mesh.triangles, 2));
    CHECK(!refuses(whole_uv, {}, 2));
    for (const int size : {-1, 0, 1, visaged::max_canvas + 1}) {
        CHECK(refuses(whole_uv, mesh.triangles, size));
    }
    CHECK(refuses(whole_uv, {0, 1, 4}, 8));
    CHECK(refuses(whole_uv, {0, -1, 2}, 8));
    for (const float hostile : {nan_float, infinite, -infinite}) {
        for (std::size_t place = 0; place < whole_uv.size(); ++place) {
            auto uv = whole_uv;
            uv[place] = hostile;
            CHECK(refuses(uv, mesh.triangles, 8));
        }
    }
    const std::vector<float> far = {3e38F, -3e38F, 3e38F, 3e38F, -3e38F, 0, 0, 0};
    CHECK(!refuses(far, mesh.triangles, 8));
}

void canvases_beyond_their_limits_are_rejected() {
    Random random(7);
    const Picture picture(random, 9, 9);
    const Mesh mesh = plane(0, 0, 8, 8);
    const Unwrapper unwrapper(whole_uv.data(), 4, mesh.triangles.data(), 2, 9);
    const int lowest = -2147483647 - 1;
    for (const Canvas& canvas : {Canvas{lowest, 0, 1, 1}, Canvas{0, lowest, 1, 1}, Canvas{0, 0, 0, 0}}) {
        CHECK(rejects([&] { unwrapped(unwrapper, mesh, picture, canvas, {nan_float}); }));
        CHECK(rejects([&] { seen_in({{0, 0, 0}}, canvas, {nan_float}, 1); }));
    }
}

}  // namespace

int main() {
    a_plane_gives_the_picture_back();
    colours_between_pixels_are_mixed();
    what_is_behind_something_is_not_seen();
    a_texture_may_be_the_mirror_of_the_mesh();
    what_is_turned_away_is_not_seen_though_nothing_is_before_it();
    what_lies_outside_the_picture_is_not_seen();
    the_last_pixel_has_no_neighbours();
    a_picture_of_one_pixel_can_be_looked_at();
    a_point_is_hidden_where_all_that_covers_its_pixels_is_nearer();
    pixels_left_of_and_above_the_picture_hide_as_well();
    a_point_that_is_nowhere_is_not_seen();
    the_front_of_a_sphere_is_seen_and_its_back_is_not();
    meshes_that_are_nowhere_have_no_texture();
    what_cannot_be_unwrapped_is_rejected();
    canvases_beyond_their_limits_are_rejected();
    return failures();
}
