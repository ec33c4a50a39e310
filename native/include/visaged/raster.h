// Triangles -> pixels, with a depth buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "visaged/kernel.h"

namespace visaged {

struct Corners;
struct ScreenVertex;

// A window of the image: its top-left pixel and its size, each side in [1, max_canvas] pixels, no corner beyond
// +-max_position. Buffers that belong to it have `height` rows of `width` pixels without gaps.
struct Canvas {
    int left, top, width, height;
};

constexpr int max_canvas = 1 << 14;
constexpr int max_position = 1 << 20;

// Throws std::invalid_argument for a canvas beyond its limits, as everything does that is given one.
void check(const Canvas& canvas);

// Throws std::invalid_argument where one of `count` triangles, three vertex numbers each, has one not in [0, vertices).
void check_triangles(const std::int32_t* triangles, std::size_t count, std::size_t vertices);

// Draws one mesh after another; the triangles are the same each time.
//
// A pixel belongs to a triangle where its centre does (whole coordinates); a centre on an edge that two triangles share
// belongs to exactly one of them, by the top-left rule. Vertices are snapped to 1/256 pixel and edges computed in
// integers, so a closed surface has no holes at any size. Of several triangles at a pixel the nearest (largest z) wins,
// of equally near ones the first. Triangles whose corners go counter-clockwise as one sees them show their back; they
// are not drawn, nor are those that have no area after snapping, or a vertex with an x, y or z that is not finite or
// beyond +-max_position.
//
// Keeps buffers between calls: one object per thread.
class Rasteriser {
public:
    // Copies `triangles`: three vertex numbers each. Throws std::invalid_argument as `check_triangles` does.
    Rasteriser(const std::int32_t* triangles, std::size_t count, std::size_t vertices);

    Rasteriser(Rasteriser&& other) noexcept;
    ~Rasteriser();

    std::size_t vertices() const;
    std::size_t triangles() const;
    const std::int32_t* corners() const;  // 3 * triangles() vertex numbers

    // Each draws `vertices`, three rows x, y, z of vertices() floats, z larger is nearer. Buffers are the caller's, as
    // large as the canvas, and written whole (but for `weights`). Throws std::invalid_argument as `check` does.
    //
    // `depth`: z, NaN where nothing is.
    void draw_depth(const float* vertices, const Canvas& canvas, float* depth, Kernel kernel = Kernel::fastest);
    // `colours`: four bytes a vertex; the first three are interpolated to `picture`, three a pixel, 0 where nothing is.
    void draw_colours(const float* vertices, const std::uint8_t* colours, const Canvas& canvas, float* depth,
                      std::uint8_t* picture, Kernel kernel = Kernel::fastest);
    // `triangle`: which one is seen, -1 where none is. `weights`: how much its second and third vertex count there, two
    // floats a pixel; left as they are where none is.
    void draw_triangles(const float* vertices, const Canvas& canvas, float* depth, std::int32_t* triangle,
                        float* weights, Kernel kernel = Kernel::fastest);

private:
    template <typename Paint>
    void draw(const Canvas& canvas, float* depth, Kernel kernel, const Paint& paint);
    void place(const float* vertices);

    std::vector<Corners> triangles_;
    std::vector<ScreenVertex> screen_;
};

}  // namespace visaged
