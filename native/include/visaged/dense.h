// Morphable-model parameters -> every vertex in the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "visaged/kernel.h"
#include "visaged/roi.h"

namespace visaged {

// A part of a model's basis: row-major, 3 * vertices rows of `columns` coefficients' directions.
struct Basis {
    const float* rows;
    std::size_t columns;
};

// A linear morphable model of many vertices, in a third of the memory of its float32 basis.
//
// Reconstruction reads the whole basis and does little with it, so its time is that of memory. The basis is therefore
// kept as columns of 8-bit integers, each with a scale. Columns for which that is too coarse are followed by a second
// one that holds what rounding left over; as many as it takes until a face with coefficients of their typical size is
// within `tolerance` of the float32 model. The sums are made in integers: every machine gives the same bits.
class DenseModel {
public:
    static constexpr double tolerance = 3e-5;  // RMS error of a coordinate, as a part of the mean face's longest side

    // `mean`: 3 * vertices floats, x y z of each in turn, model units. `bases`: one after the other as parameters name
    // them. `typical`: the size that each coefficient usually has (its standard deviation), one a column of all bases.
    // Everything is copied. Throws std::invalid_argument where there are no vertices or columns, more than 256 columns,
    // or numbers that are not finite.
    DenseModel(const float* mean, std::size_t vertices, const std::vector<Basis>& bases, const float* typical);

    std::size_t vertices() const { return vertices_; }
    std::size_t parameters() const { return 12 + coefficients_; }
    std::size_t bytes() const;  // held in memory

    // Writes three rows of vertices() floats to `out`, owned by the caller: x and y in image pixels, z in pixels
    // (larger is nearer to the camera, zero at the crop's plane). `params`: parameters() floats, de-normalised, the
    // first 12 a row-major 3x4 matrix. `roi`: what was cropped, `size`: the side of the crop, in pixels, > 0
    // (std::invalid_argument). All is NaN where a coefficient is not finite or absurd. Safe to call from many threads.
    void project(const float* params, const Roi& roi, int size, float* out, Kernel kernel = Kernel::fastest) const;

private:
    struct Column {
        std::size_t coefficient = 0;
        float scale = 0;
    };

    template <typename Source>
    void compact(std::size_t column, const Source& source);
    float weigh(const float* coefficients, std::int32_t* pairs) const;

    std::size_t vertices_, coefficients_ = 0;
    std::vector<Column> columns_;       // of the compact basis, an even number
    std::vector<float> mean_;           // by block: `block` x, as many y, as many z
    std::vector<std::int8_t> compact_;  // by block and axis, then pair of columns: two neighbours for each vertex
};

}  // namespace visaged
