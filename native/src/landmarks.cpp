#include "visaged/landmarks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

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
    if (size <= 0) {
        throw std::invalid_argument("size, the side of the crop in pixels, must be positive");
    }
    const std::vector<float> vertices = shape(params + 12);
    const auto scale_x = static_cast<float>((roi.x2 - roi.x1) / size);
    const auto scale_y = static_cast<float>((roi.y2 - roi.y1) / size);
    const auto left = static_cast<float>(roi.x1), top = static_cast<float>(roi.y1), side = static_cast<float>(size);
    const float* a = params;
    for (std::size_t i = 0; i < vertices.size(); i += 3) {
        const float vx = vertices[i], vy = vertices[i + 1], vz = vertices[i + 2];
        const float x = a[0] * vx + a[1] * vy + a[2] * vz + a[3];
        const float y = a[4] * vx + a[5] * vy + a[6] * vz + a[7];
        const float z = a[8] * vx + a[9] * vy + a[10] * vz + a[11];
        out[i] = (x - 1) * scale_x + left;  // crop coordinates start at 1 (Matlab)
        out[i + 1] = (side - y) * scale_y + top;
        out[i + 2] = (z - 1) * (scale_x + scale_y) / 2;
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
