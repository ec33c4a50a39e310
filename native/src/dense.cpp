#include "visaged/dense.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "cpu.h"
#include "dense_kernel.h"
#include "projection.h"

namespace visaged {
namespace {

constexpr std::size_t max_columns = 256;  // with residuals twice as many: sums stay below 512 * 127 * 32767 < 2^31
constexpr float largest_value = 127, largest_weight = 32767;
constexpr std::size_t block_rows = 3 * block;

// The reference for sum_simd.
void sum_scalar(const std::int8_t* values, const std::int32_t* weights, int pairs, std::int32_t* sums) {
    std::fill_n(sums, block, 0);
    for (int pair = 0; pair < pairs; ++pair) {
        const auto first = static_cast<std::int16_t>(weights[pair] & 0xFFFF);
        const auto second = static_cast<std::int16_t>(weights[pair] >> 16);
        for (int i = 0; i < block; ++i, values += 2) {
            sums[i] += first * values[0] + second * values[1];
        }
    }
}

SumKernel best(Kernel kernel) {
#if defined(__x86_64__) || defined(__aarch64__)
    return kernel == Kernel::fastest && has_simd() ? sum_simd : sum_scalar;
#else
    static_cast<void>(kernel);
    return sum_scalar;
#endif
}

struct Source {
    const float* first;    // of the column
    std::size_t stride;    // from one row to the next
    double typical;        // size of its coefficient
    float scale = 0;       // of its integers
    bool refined = false;  // a second column holds what rounding left over

    float operator[](std::size_t row) const { return first[row * stride]; }
    double error() const { return typical * scale / std::sqrt(12); }  // RMS of rounding to multiples of the scale
};

std::vector<Source> all_columns(const std::vector<Basis>& bases, const float* typical) {
    std::vector<Source> found;
    for (const Basis& basis : bases) {
        for (std::size_t k = 0; k < basis.columns; ++k) {
            if (!std::isfinite(*typical)) {
                throw std::invalid_argument("the typical sizes of a dense model's coefficients must be finite");
            }
            found.push_back({basis.rows + k, basis.columns, std::abs(static_cast<double>(*typical++))});
        }
    }
    if (found.empty() || found.size() > max_columns) {
        throw std::invalid_argument("a dense model needs 1 to 256 columns");
    }
    return found;
}

float largest(const Source& column, std::size_t rows) {
    float size = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!std::isfinite(column[row])) {
            throw std::invalid_argument("a dense model's basis must be finite");
        }
        size = std::max(size, std::abs(column[row]));
    }
    return size;
}

double longest_side(const float* mean, std::size_t vertices) {
    double side = 0;
    for (int axis = 0; axis < 3; ++axis) {
        float low = mean[axis], high = mean[axis];
        for (std::size_t i = 0; i < vertices; ++i) {
            if (!std::isfinite(mean[3 * i + axis])) {
                throw std::invalid_argument("a dense model's mean must be finite");
            }
            low = std::min(low, mean[3 * i + axis]);
            high = std::max(high, mean[3 * i + axis]);
        }
        side = std::max(side, static_cast<double>(high) - low);
    }
    return side;
}

// Marks the columns that need a second one: the coarsest, until the others together are fine enough.
void refine(std::vector<Source>& columns, double allowed) {
    std::vector<Source*> order;
    double sum = 0;
    for (Source& column : columns) {
        order.push_back(&column);
        sum += column.error() * column.error();
    }
    const auto is_coarser = [](const Source* a, const Source* b) { return a->error() > b->error(); };
    std::stable_sort(order.begin(), order.end(), is_coarser);  // so that every library refines the same ones
    for (auto next = order.begin(); next != order.end() && sum > allowed * allowed; ++next) {
        (*next)->refined = true;
        sum -= (*next)->error() * (*next)->error();
    }
}

// Where the compact basis keeps a row's value in a column.
std::size_t place(std::size_t vertex, std::size_t axis, std::size_t column, std::size_t columns) {
    const std::size_t strip = vertex / block * 3 + axis;
    return (strip * columns + column / 2 * 2) * block + vertex % block * 2 + column % 2;
}

// The whole number of steps nearest to `value`, as far as 8 bits go.
float steps(float value, float step) {
    return step > 0 ? std::clamp(std::round(value / step), -largest_value, largest_value) : 0;
}

std::uint32_t low_half(std::int32_t weight) {
    return static_cast<std::uint32_t>(weight) & 0xFFFF;
}

}  // namespace

DenseModel::DenseModel(const float* mean, std::size_t vertices, const std::vector<Basis>& bases, const float* typical)
    : vertices_(vertices) {
    if (vertices == 0) {
        throw std::invalid_argument("a dense model needs at least one vertex");
    }
    std::vector<Source> sources = all_columns(bases, typical);
    coefficients_ = sources.size();
    for (Source& source : sources) {
        source.scale = largest(source, 3 * vertices) / largest_value;
    }
    refine(sources, tolerance * longest_side(mean, vertices));
    const std::size_t blocks = (vertices + block - 1) / block;
    mean_.resize(blocks * block_rows);
    for (std::size_t row = 0; row < 3 * vertices; ++row) {
        mean_[row / 3 / block * block_rows + row % 3 * block + row / 3 % block] = mean[row];
    }
    for (std::size_t k = 0; k < sources.size(); ++k) {
        columns_.push_back({k, sources[k].scale});
        if (sources[k].refined) {
            columns_.push_back({k, sources[k].scale / (2 * largest_value)});
        }
    }
    columns_.resize((columns_.size() + 1) / 2 * 2);
    compact_.resize(mean_.size() * columns_.size());
    std::size_t column = 0;
    for (const Source& source : sources) {
        compact(column, source);
        column += source.refined ? 2 : 1;
    }
}

// Fills one column, or that and the next with what rounding left over.
template <typename Source>
void DenseModel::compact(std::size_t column, const Source& source) {
    for (std::size_t row = 0; row < 3 * vertices_; ++row) {
        float rest = source[row];
        for (std::size_t c = column; c < column + (source.refined ? 2 : 1); ++c) {
            const float count = steps(rest, columns_[c].scale);
            rest -= count * columns_[c].scale;
            compact_[place(row / 3, row % 3, c, columns_.size())] = static_cast<std::int8_t>(count);
        }
    }
}

std::size_t DenseModel::bytes() const {
    return compact_.size() + mean_.size() * sizeof(float) + columns_.size() * sizeof(Column);
}

// Sets the columns' weights, whole numbers in pairs as a kernel wants them, and gives their unit; NaN where a
// coefficient is not finite or so large that its share of a vertex would not be.
float DenseModel::weigh(const float* coefficients, std::int32_t* pairs) const {
    float strongest = largest_weight * std::numeric_limits<float>::min();  // or the unit had too few digits
    for (const Column& column : columns_) {
        const float share = std::abs(coefficients[column.coefficient] * column.scale);
        if (!std::isfinite(share)) {
            return std::numeric_limits<float>::quiet_NaN();
        }
        strongest = std::max(strongest, share);
    }
    const float unit = strongest / largest_weight;
    const auto weight = [&](const Column& column) {
        return static_cast<std::int32_t>(std::lround(coefficients[column.coefficient] * column.scale / unit));
    };
    for (std::size_t c = 0; c < columns_.size(); c += 2) {
        const std::uint32_t both = low_half(weight(columns_[c])) | low_half(weight(columns_[c + 1])) << 16;
        pairs[c / 2] = static_cast<std::int32_t>(both);
    }
    return unit;
}

void DenseModel::project(const float* params, const Roi& roi, int size, float* out, Kernel kernel) const {
    const Projection projection(params, roi, size);
    std::int32_t pairs[max_columns];
    const float unit = weigh(params + 12, pairs);
    if (std::isnan(unit)) {
        std::fill_n(out, 3 * vertices_, unit);
        return;
    }
    const SumKernel sum = best(kernel);
    const int pair_count = static_cast<int>(columns_.size() / 2);
    const std::int8_t* values = compact_.data();
    const float* mean = mean_.data();
    for (std::size_t first = 0; first < vertices_; first += block, mean += block_rows) {
        std::int32_t sums[block_rows];
        for (std::size_t axis = 0; axis < 3; ++axis, values += block * columns_.size()) {
            sum(values, pairs, pair_count, sums + axis * block);
        }
        const std::size_t count = std::min<std::size_t>(block, vertices_ - first);
        for (std::size_t i = 0; i < count; ++i) {
            const auto coordinate = [&](std::size_t row) { return mean[row] + static_cast<float>(sums[row]) * unit; };
            const Point point = projection(coordinate(i), coordinate(i + block), coordinate(i + 2 * block));
            out[first + i] = point.x;
            out[vertices_ + first + i] = point.y;
            out[2 * vertices_ + first + i] = point.z;
        }
    }
}

}  // namespace visaged
