// What a surface looks like: its normals, light on it, and its picture over the camera's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "visaged/image.h"
#include "visaged/raster.h"

namespace visaged {

// Unit normals of a mesh, four floats a vertex (x right, y down, z at the viewer, 0) in `out`, owned by the caller: the
// mean of the normals of the triangles around it, weighted by area; zero where there is none. `vertices`: three rows x,
// y, z of `count` floats. `triangles`: three vertex numbers each, in [0, count), that go clockwise as one sees their
// front.
void vertex_normals(const float* vertices, std::size_t count, const std::int32_t* triangles, std::size_t triangle_count,
                    float* out);

// Bytes a vertex can be drawn with, four each (blue, green, red, 0), from the normals of `count` vertices; `out` is the
// caller's. Normals as colours: red for x, green for y (up), blue for z, -1 to 1 becoming 0 to 255.
void normal_colours(const float* normals, std::size_t count, std::uint8_t* out);

// A grey surface under a lamp above the viewer's left shoulder: ambient and diffuse light, and a highlight
// (Blinn-Phong).
void lit_colours(const float* normals, std::size_t count, std::uint8_t* out);

// Lays `picture` (three bytes a pixel of the canvas) over `under` wherever `depth` is a number, and writes that to
// `target`; its other pixels stay as they are. `alpha` in [0, 1]: how much of the picture shows. `under` and `target`
// are of the same size and may be one. What lies outside of them is left out. Throws std::invalid_argument for another
// `alpha`, and as `check` does.
void blend(const Canvas& canvas, const float* depth, const std::uint8_t* picture, float alpha, const ImageView& under,
           const MutableImageView& target);

}  // namespace visaged
