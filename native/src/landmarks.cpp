#include "visaged/landmarks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "projection.h"

namespace visaged {

LandmarkModel::LandmarkModel(const float* mean, const float* basis, std::size_t landmarks, std::size_t coefficients) {
    if (landmarks == 0 || coefficients == 0) {
        throw std::invalid_argument("a landmark model needs at least one landmark and one coefficient");
    }
    const std::size_t rows = 3 * landmarks;
    mean_.assign(mean, mean + rows);
    basis_.resize(rows * coefficients);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < coefficients; ++k) {
            basis_[k * rows + row] = basis[row * coefficients + k];
        }
    }
}

std::vector<float> LandmarkModel::shape(const float* coefficients) const {
    std::vector<float> vertices = mean_;
    const std::size_t rows = vertices.size();
    float* sum = vertices.data();
    const float* column = basis_.data();
    for (std::size_t k = 0; k < this->coefficients(); ++k, column += rows) {
        const float weight = coefficients[k];
        for (std::size_t row = 0; row < rows; ++row) {  // no chain of additions: the compiler vectorises this
            sum[row] += weight * column[row];
        }
    }
    return vertices;
}

void LandmarkModel::project(const float* params, const Roi& roi, int size, float* out) const {
    const Projection projection(params, roi, size);
    const std::vector<float> vertices = shape(params + 12);
    for (std::size_t i = 0; i < vertices.size(); i += 3) {
        const Point point = projection(vertices[i], vertices[i + 1], vertices[i + 2]);
        out[i] = point.x;
        out[i + 1] = point.y;
        out[i + 2] = point.z;
    }
}

Roi bounds(const float* landmarks, std::size_t count) {
    if (count == 0) {
        throw std::invalid_argument("no landmarks have no bounds");
    }
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    float low[2] = {landmarks[0], landmarks[1]}, high[2] = {landmarks[0], landmarks[1]};
    for (const float* point = landmarks; point != landmarks + 3 * count; point += 3) {
        if (!std::isfinite(point[0]) || !std::isfinite(point[1]) || !std::isfinite(point[2])) {
            return {nan, nan, nan, nan};
        }
        for (std::size_t axis = 0; axis < 2; ++axis) {
            low[axis] = std::min(low[axis], point[axis]);
            high[axis] = std::max(high[axis], point[axis]);
        }
    }
    return {low[0], low[1], high[0], high[1]};
}

}  // namespace visaged
