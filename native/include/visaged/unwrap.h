// A face's texture: what the camera shows of each place of its surface; and which places it shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "visaged/image.h"
#include "visaged/raster.h"

namespace visaged {

// Whether each of `count` points (three rows x, y, z) is seen: 1, or 0 where a surface covers at least one of the four
// pixels around it and is nearer by more than `tolerance` (pixels) at each that it covers. `depth` belongs to `canvas`,
// as draw_depth leaves it; a point that is not between pixels of it is seen, one that is not finite or whose x or y is
// beyond +-max_position is not. Throws std::invalid_argument as `check` does.
void visibility(const float* points, std::size_t count, const Canvas& canvas, const float* depth, float tolerance,
                std::uint8_t* seen);

// Pulls texture out of pictures. A texture is square; texel (0, 0) is its top-left, where u is 0 and v is 1.
class Unwrapper {
public:
    // `uv`: u right and v up, in [0, 1], of each of `vertices`. Copies all. Throws std::invalid_argument for a `size`
    // (texels a side) that is not in [2, max_canvas], for UVs that are not finite, and as check_triangles does.
    Unwrapper(const float* uv, std::size_t vertices, const std::int32_t* triangles, std::size_t count, int size);

    int size() const { return size_; }
    std::size_t vertices() const { return vertices_; }

    // Fills `texture` (size * size * 3 bytes, blue green red) from `image`, bilinearly, and `seen` (size * size bytes):
    // 1 where the image shows that place of the mesh; elsewhere (hidden, turned away, outside the image, or no part of
    // the mesh) both are 0. `mesh`: three rows x, y, z; `canvas`, `depth` and `tolerance`: as for visibility.
    void unwrap(const float* mesh, const ImageView& image, const Canvas& canvas, const float* depth, float tolerance,
                std::uint8_t* texture, std::uint8_t* seen) const;

private:
    struct Texel {
        std::int32_t place;  // in the texture
        std::int32_t a, b, c;
        float b_weight, c_weight;
    };

    int size_;
    std::size_t vertices_;
    std::vector<Texel> texels_;
};

}  // namespace visaged
