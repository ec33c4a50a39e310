// Any mesh, texture and picture: shading, blending, visibility and unwrapping stay in their buffers and make sense.
#include <cmath>
#include <stdexcept>

#include "input.h"
#include "made.h"
#include "visaged/shade.h"
#include "visaged/unwrap.h"

namespace {

using visaged::Canvas;

// A mesh of so many vertices and the triangles between them.
struct Mesh {
    int count;
    std::vector<std::int32_t> triangles;
    std::vector<float> rows;

    explicit Mesh(Input& input) : count(input.between(1, 40)) {
        triangles = input.triangles(input.between(0, 40), count);
        rows = input.numbers(3 * vertices());
    }

    std::size_t vertices() const { return static_cast<std::size_t>(count); }
    std::size_t size() const { return triangles.size() / 3; }
};

// A picture that ends with its last pixel.
struct Picture {
    int width, height, stride;
    std::vector<std::uint8_t> bytes;

    explicit Picture(Input& input)
        : width(input.between(1, 24)), height(input.between(1, 24)), stride(3 * width + input.between(0, 5)) {
        bytes = input.bytes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height - 1) +
                            3 * static_cast<std::size_t>(width));
    }

    visaged::ImageView view() const { return {bytes.data(), width, height, stride}; }
    visaged::MutableImageView target() { return {bytes.data(), width, height, stride}; }
};

void shade(const Mesh& mesh) {
    Guarded<float> normals(4 * mesh.vertices());
    Guarded<std::uint8_t> colours(4 * mesh.vertices());
    visaged::vertex_normals(mesh.rows.data(), mesh.vertices(), mesh.triangles.data(), mesh.size(), normals.data());
    for (std::size_t i = 0; i < mesh.vertices(); ++i) {
        const float* n = normals.data() + 4 * i;
        const float length = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
        must(length == 0 || std::abs(length - 1) < 1e-4F);
    }
    visaged::normal_colours(normals.data(), mesh.vertices(), colours.data());
    visaged::lit_colours(normals.data(), mesh.vertices(), colours.data());
    must(normals.is_intact() && colours.is_intact());
    visaged::lit_colours(mesh.rows.data(), mesh.vertices() / 2, colours.data());  // normals that are none
    visaged::normal_colours(mesh.rows.data(), mesh.vertices() / 2, colours.data());
    must(colours.is_intact());
}

void unwrap(Input& input, const Mesh& mesh, const Picture& picture, const Canvas& canvas, const float* depth) {
    const int size = input.between(2, 24);
    const std::size_t area = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    std::vector<float> uv = input.numbers(2 * mesh.vertices());
    for (float& place : uv) {
        place = std::isfinite(place) ? place / 16 : 0.5F;
    }
    const visaged::Unwrapper unwrapper(uv.data(), mesh.vertices(), mesh.triangles.data(), mesh.size(), size);
    Guarded<std::uint8_t> texture(3 * area), seen(area), seen_vertices(mesh.vertices());
    const float tolerance = input.number();
    unwrapper.unwrap(mesh.rows.data(), picture.view(), canvas, depth, tolerance, texture.data(), seen.data());
    visaged::visibility(mesh.rows.data(), mesh.vertices(), canvas, depth, tolerance, seen_vertices.data());
    must(texture.is_intact() && seen.is_intact() && seen_vertices.is_intact());
    for (std::size_t i = 0; i < area; ++i) {
        const std::uint8_t* texel = texture.data() + 3 * i;
        must(seen.data()[i] == 1 || (seen.data()[i] == 0 && texel[0] + texel[1] + texel[2] == 0));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const Mesh mesh(input);
    const bool is_far = input.take<std::uint8_t>() < 16;
    const Canvas canvas = {is_far ? input.take<std::int32_t>() : input.between(-20, 20),
                           is_far ? input.take<std::int32_t>() : input.between(-20, 20), input.between(1, 30),
                           input.between(1, 30)};
    Picture picture(input);
    shade(mesh);
    const std::size_t area = static_cast<std::size_t>(canvas.width) * static_cast<std::size_t>(canvas.height);
    std::vector<float> depth(area);
    try {
        visaged::Rasteriser(mesh.triangles.data(), mesh.size(), mesh.vertices())
            .draw_depth(mesh.rows.data(), canvas, depth.data());
        visaged::blend(canvas, depth.data(), input.bytes(3 * area).data(), input.number(), picture.view(),
                       picture.target());
    } catch (const std::invalid_argument&) {  // of the canvas or alpha
        depth = input.numbers(area);
    }
    try {
        unwrap(input, mesh, picture, canvas, depth.data());
    } catch (const std::invalid_argument&) {
        return 0;
    }
    return 0;
}
