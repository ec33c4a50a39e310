// Normals, the colours made of them, and pictures laid over others.
#include <cmath>

#include "check.h"
#include "mesh.h"
#include "visaged/shade.h"

namespace {

using visaged::Canvas;
using visaged::ImageView;
using visaged::MutableImageView;

std::vector<float> normals_of(const Mesh& mesh) {
    Guarded<float> out(4 * mesh.points.size());
    const auto rows = mesh.rows();
    visaged::vertex_normals(rows.data(), mesh.points.size(), mesh.triangles.data(), mesh.count(), out.data());
    CHECK(out.is_intact());
    return {out.data(), out.data() + 4 * mesh.points.size()};
}

void normals_of_a_sphere_point_outward() {
    for (const float radius : {1e-3F, 1.0F, 300.0F, 1e5F}) {
        const Mesh mesh = sphere(20, 30, radius, 30, 60);
        const auto normals = normals_of(mesh);
        for (std::size_t i = 0; i < mesh.points.size(); ++i) {
            const float* n = &normals[4 * i];
            CHECK(std::abs(n[0] * n[0] + n[1] * n[1] + n[2] * n[2] - 1) < 1e-5F);
            CHECK(n[3] == 0);
            const MeshPoint& p = mesh.points[i];
            const float along = (n[0] * (p.x - 20) + n[1] * (p.y - 30) + n[2] * p.z) / radius;
            CHECK(along > (radius < 1 ? 0.9F : 0.99F));  // a vertex of the smallest is as coarse as a float is at 30
        }
    }
}

bool is_zero(const std::vector<float>& normals, std::size_t vertex) {
    return normals[4 * vertex] == 0 && normals[4 * vertex + 1] == 0 && normals[4 * vertex + 2] == 0 &&
           normals[4 * vertex + 3] == 0;
}

void a_vertex_of_no_area_has_no_normal() {
    Mesh mesh;
    const auto alone = mesh.add(1, 2, 3), a = mesh.add(0, 0, 0), b = mesh.add(1, 1, 1), c = mesh.add(2, 2, 2);
    mesh.add_triangle(a, b, c);
    mesh.add_triangle(a, a, a);
    const auto normals = normals_of(mesh);
    for (const auto vertex : {alone, a, b, c}) {
        CHECK(is_zero(normals, static_cast<std::size_t>(vertex)));
    }
    CHECK(normals_of(Mesh()).empty());
}

// Found by fuzzing: the length of a minute normal had so few digits that what came of it was no unit vector.
void a_normal_is_a_unit_vector_or_nothing_at_any_size() {
    float size = 1e-24F;
    for (int round = 0; round < 76; ++round, size *= 3) {
        Mesh mesh;
        mesh.add_triangle(mesh.add(0, 0, 0), mesh.add(size, 0, size), mesh.add(0, size, 0));
        const auto normals = normals_of(mesh);
        const double length = std::hypot(std::hypot(normals[0], normals[1]), normals[2]);
        CHECK(std::abs(length - 1) < 1e-5 || (is_zero(normals, 0) && (size < 1e-9F || size > 1e8F)));
    }
}

void normals_are_weighted_by_area() {
    Mesh mesh;
    const auto corner = mesh.add(0, 0, 0);
    mesh.add_triangle(corner, mesh.add(30, 0, 0), mesh.add(0, 10, 0));  // towards the viewer, 150 large
    mesh.add_triangle(corner, mesh.add(0, 20, 0), mesh.add(0, 0, 20));  // to the right, 200 large
    const auto normals = normals_of(mesh);
    CHECK(std::abs(normals[0] - 0.8F) < 1e-6F);
    CHECK(normals[1] == 0);
    CHECK(std::abs(normals[2] - 0.6F) < 1e-6F);
}

void numbers_that_are_none_spoil_no_more_than_their_triangles() {
    for (const float hostile : {nan_float, infinite, -infinite, 3e38F, -3e38F, 1e20F}) {
        for (float MeshPoint::*coordinate : {&MeshPoint::x, &MeshPoint::y, &MeshPoint::z}) {
            Mesh mesh;
            const auto a = mesh.add(0, 0, 0), b = mesh.add(2, 0, 0), c = mesh.add(0, 2, 0), d = mesh.add(2, 2, 0);
            mesh.add_triangle(a, b, c);
            mesh.add_triangle(b, d, c);
            mesh.points[static_cast<std::size_t>(d)].*coordinate = hostile;
            const auto normals = normals_of(mesh);
            CHECK(normals[0] == 0 && normals[1] == 0 && normals[2] == 1);
            for (const float value : normals) {
                CHECK(std::abs(value) <= 1);  // and no NaN
            }
        }
    }
}

using Colour = std::vector<int>;
using Colours = void (*)(const float*, std::size_t, std::uint8_t*);

Colour colour_of(Colours colours, float x, float y, float z) {
    const float normal[] = {x, y, z, 0};
    Guarded<std::uint8_t> out(4);
    colours(normal, 1, out.data());
    CHECK(out.is_intact());
    CHECK(out.data()[3] == 0);
    return {out.data()[0], out.data()[1], out.data()[2]};
}

void directions_have_their_colours() {
    const auto colour = [](float x, float y, float z) { return colour_of(visaged::normal_colours, x, y, z); };
    CHECK((colour(0, 0, 1) == Colour{255, 128, 128}));  // blue: at the viewer
    CHECK((colour(0, 0, -1) == Colour{0, 128, 128}));
    CHECK((colour(0, -1, 0) == Colour{128, 255, 128}));  // green: up
    CHECK((colour(0, 1, 0) == Colour{128, 0, 128}));
    CHECK((colour(1, 0, 0) == Colour{128, 128, 255}));  // red: right
    CHECK((colour(-1, 0, 0) == Colour{128, 128, 0}));
    CHECK((colour(0, 0, 0) == Colour{128, 128, 128}));
}

void light_comes_from_the_upper_left() {
    const auto light = [](float x, float y, float z) {
        const Colour colour = colour_of(visaged::lit_colours, x, y, z);
        CHECK(colour[0] == colour[1] && colour[1] == colour[2]);
        return colour[0];
    };
    const int front = light(0, 0, 1), at_lamp = light(-0.3015F, -0.4020F, 0.8646F);
    CHECK(at_lamp > front && front > 150);
    CHECK(light(-0.6F, 0, 0.8F) > light(0.6F, 0, 0.8F));
    CHECK(light(0, -0.6F, 0.8F) > light(0, 0.6F, 0.8F));
    CHECK(light(0.9F, 0.4F, -0.1F) == 77);  // what is turned away gets the light that is everywhere
    CHECK(light(0, 0, 0) == 77);
}

void directions_that_are_none_have_some_colour() {
    for (const float hostile : {nan_float, infinite, -infinite, 3e38F}) {
        for (const Colours colours : {visaged::normal_colours, visaged::lit_colours}) {
            colour_of(colours, hostile, 0, 0);
            colour_of(colours, hostile, hostile, hostile);
            colour_of(colours, 0, -hostile, hostile);
        }
    }
}

// A noisy picture with a gap after each row, and what becomes of it.
struct Picture {
    int width, height, stride;
    std::vector<std::uint8_t> bytes;

    Picture(Random& random, int w, int h, int gap) : width(w), height(h), stride(3 * w + gap) {
        bytes = random.bytes(static_cast<std::size_t>(stride) * (h - 1) + 3 * static_cast<std::size_t>(w));
    }

    ImageView view() const { return {bytes.data(), width, height, stride}; }
    MutableImageView target() { return {bytes.data(), width, height, stride}; }
    std::uint8_t at(int x, int y, int channel) const { return bytes[index(stride * y + 3 * x + channel)]; }
};

struct Layer {
    Canvas canvas;
    std::vector<float> depth;
    std::vector<std::uint8_t> picture;

    Layer(Random& random, const Canvas& c) : canvas(c) {
        const std::size_t area = static_cast<std::size_t>(c.width) * c.height;
        picture = random.bytes(3 * area);
        for (std::size_t i = 0; i < area; ++i) {
            depth.push_back(random.between(0, 2) == 0 ? nan_float : random.uniform(-9, 9));
        }
    }
};

int blended(const Layer& layer, float alpha, const Picture& under, const Picture& before, int x, int y, int channel) {
    const int column = x - layer.canvas.left, row = y - layer.canvas.top;
    const bool on_canvas = column >= 0 && row >= 0 && column < layer.canvas.width && row < layer.canvas.height;
    const std::size_t pixel = on_canvas ? static_cast<std::size_t>(row) * layer.canvas.width + column : 0;
    if (!on_canvas || std::isnan(layer.depth[pixel])) {
        return before.at(x, y, channel);
    }
    const int below = under.at(x, y, channel), colour = layer.picture[3 * pixel + channel];
    return static_cast<int>(std::floor((below * (256 - 256 * alpha) + colour * 256 * alpha) / 256 + 0.5F));
}

void a_layer_covers_what_it_has_and_no_more() {
    Random random(4);
    for (int round = 0; round < 200; ++round) {
        const Picture under(random, random.between(1, 20), random.between(1, 20), random.between(0, 4));
        Picture target(random, under.width, under.height, random.between(0, 4));
        const Picture before = target;
        // Inside of the picture, over each of its borders and corners, beside it, and larger than it.
        const Layer layer(
            random, {random.between(-12, 22), random.between(-12, 22), random.between(1, 30), random.between(1, 30)});
        const float alpha = static_cast<float>(round % 5) / 4;
        visaged::blend(layer.canvas, layer.depth.data(), layer.picture.data(), alpha, under.view(), target.target());
        for (int i = 0; i < 3 * under.width * under.height; ++i) {
            const int x = i / 3 % under.width, y = i / 3 / under.width;
            CHECK(target.at(x, y, i % 3) == blended(layer, alpha, under, before, x, y, i % 3));
        }
        for (int y = 0; y + 1 < target.height; ++y) {  // between the rows
            for (int i = 3 * target.width; i < target.stride; ++i) {
                const std::size_t place = index(y * target.stride + i);
                CHECK(target.bytes[place] == before.bytes[place]);
            }
        }
    }
}

void a_picture_can_be_under_itself() {
    Random random(5);
    Picture picture(random, 15, 12, 1);
    const Picture before = picture;
    const Layer layer(random, {-2, 3, 12, 20});
    visaged::blend(layer.canvas, layer.depth.data(), layer.picture.data(), 0.25F, picture.view(), picture.target());
    for (int i = 0; i < 3 * 15 * 12; ++i) {
        const int x = i / 3 % 15, y = i / 45;
        CHECK(picture.at(x, y, i % 3) == blended(layer, 0.25F, before, before, x, y, i % 3));
    }
}

void what_cannot_be_blended_is_rejected() {
    Random random(6);
    Picture picture(random, 4, 4, 0);
    const Layer layer(random, {0, 0, 4, 4});
    const auto refuses = [&](const Canvas& canvas, float alpha) {
        return rejects([&] {
            visaged::blend(canvas, layer.depth.data(), layer.picture.data(), alpha, picture.view(), picture.target());
        });
    };
    const int lowest = -2147483647 - 1;
    for (const Canvas& canvas : {Canvas{lowest, 0, 4, 4}, Canvas{0, lowest, 4, 4}, Canvas{2147483647, 2147483647, 4, 4},
                                 Canvas{0, 0, 0, 4}, Canvas{0, 0, 4, -1}}) {
        CHECK(refuses(canvas, 0.5F));
    }
    for (const float alpha : {nan_float, infinite, -0.01F, 1.01F}) {
        CHECK(refuses(layer.canvas, alpha));
    }
    const int limit = visaged::max_position - visaged::max_canvas;
    const auto before = picture.bytes;
    for (const int far : {limit, -limit}) {  // beside the picture by a long way: nothing happens
        CHECK(!refuses({far, 0, 4, 4}, 1) && !refuses({0, far, 4, 4}, 1) && !refuses({far, far, 4, 4}, 1));
    }
    CHECK(picture.bytes == before);
}

}  // namespace

int main() {
    normals_of_a_sphere_point_outward();
    a_vertex_of_no_area_has_no_normal();
    a_normal_is_a_unit_vector_or_nothing_at_any_size();
    normals_are_weighted_by_area();
    numbers_that_are_none_spoil_no_more_than_their_triangles();
    directions_have_their_colours();
    light_comes_from_the_upper_left();
    directions_that_are_none_have_some_colour();
    a_layer_covers_what_it_has_and_no_more();
    a_picture_can_be_under_itself();
    what_cannot_be_blended_is_rejected();
    return failures();
}
