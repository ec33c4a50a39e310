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

std::vector<Source> sources(const std::vector<Basis>& bases, const float* typical) {
    std::vector<Source> found;
    for (const Basis& basis : bases) {
        for (std::size_t k = 0; k < basis.columns; ++k) {
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
    std::sort(order.begin(), order.end(), [](const Source* a, const Source* b) { return a->error() > b->error(); });
    for (auto next = order.begin(); next != order.end() && sum > allowed * allowed; ++next) {
        (*next)->refined = true;
        sum -= (*next)->error() * (*next)->error();
    }
}

// Where the compact basis keeps a row's value in an (even) column.
std::size_t place(std::size_t vertex, std::size_t axis, std::size_t column, std::size_t columns) {
    const std::size_t strip = vertex / block * 3 + axis;
    return (strip * columns + column / 2 * 2) * block + vertex % block * 2 + column % 2;
}

}  // namespace

DenseModel::DenseModel(const float* mean, std::size_t vertices, const std::vector<Basis>& bases, const float* typical)
    : vertices_(vertices) {
    if (vertices == 0) {
        throw std::invalid_argument("a dense model needs at least one vertex");
    }
    std::vector<Source> columns = sources(bases, typical);
    coefficients_ = columns.size();
    for (Source& column : columns) {
        column.scale = largest(column, 3 * vertices) / largest_value;
    }
    refine(columns, tolerance * longest_side(mean, vertices));
    for (std::size_t k = 0; k < columns.size(); ++k) {
        columns_.push_back({k, columns[k].scale});
        if (columns[k].refined) {
            columns_.push_back({k, columns[k].scale / (2 * largest_value)});
        }
    }
    if (columns_.size() % 2 != 0) {
        columns_.push_back({0, 0});
    }
    const std::size_t blocks = (vertices + block - 1) / block;
    mean_.assign(blocks * block_rows, 0);
    compact_.assign(blocks * block_rows * columns_.size(), 0);
    for (std::size_t vertex = 0; vertex < vertices; ++vertex) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const std::size_t row = 3 * vertex + axis;
            mean_[vertex / block * block_rows + axis * block + vertex % block] = mean[row];
            float rest = 0;
            for (std::size_t c = 0; c < columns_.size(); ++c) {
                const bool is_residual = c > 0 && columns_[c - 1].coefficient == columns_[c].coefficient;
                const float scale = columns_[c].scale;
                const float value = is_residual ? rest : columns[columns_[c].coefficient][row];
                const float level =
                    scale > 0 ? std::clamp(std::round(value / scale), -largest_value, largest_value) : 0;
                rest = value - level * scale;
                compact_[place(vertex, axis, c, columns_.size())] = static_cast<std::int8_t>(level);
            }
        }
    }
}

std::size_t DenseModel::bytes() const {
    return compact_.size() + mean_.size() * sizeof(float) + columns_.size() * sizeof(Column);
}

void DenseModel::project(const float* params, const Roi& roi, int size, float* out, Kernel kernel) const {
    const Projection projection(params, roi, size);
    const float* coefficients = params + 12;
    if (!std::all_of(coefficients, coefficients + coefficients_, [](float c) { return std::isfinite(c); })) {
        std::fill_n(out, 3 * vertices_, std::numeric_limits<float>::quiet_NaN());
        return;
    }
    // Weights become 16-bit integers in units of `unit`.
    float strongest = std::numeric_limits<float>::min();
    for (const Column& column : columns_) {
        strongest = std::max(strongest, std::abs(coefficients[column.coefficient] * column.scale));
    }
    const float unit = strongest / largest_weight;
    std::int32_t pairs[max_columns];
    for (std::size_t c = 0; c < columns_.size(); c += 2) {
        const auto level = [&](const Column& column) {
            return static_cast<std::int32_t>(std::lround(coefficients[column.coefficient] * column.scale / unit));
        };
        const auto high = static_cast<std::uint32_t>(level(columns_[c + 1])) << 16;
        pairs[c / 2] = static_cast<std::int32_t>(high | (static_cast<std::uint32_t>(level(columns_[c])) & 0xFFFF));
    }
    const SumKernel sum = best(kernel);
    const std::size_t strip = block * columns_.size();
    const std::int8_t* values = compact_.data();
    const float* mean = mean_.data();
    for (std::size_t first = 0; first < vertices_; first += block, mean += block_rows) {
        std::int32_t sums[block_rows];
        for (std::size_t axis = 0; axis < 3; ++axis, values += strip) {
            sum(values, pairs, static_cast<int>(columns_.size() / 2), sums + axis * block);
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
