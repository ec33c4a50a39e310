// What the two ways of summing up the compact basis share.
#pragma once

#include <cstdint>

namespace visaged {

constexpr int block = 32;  // vertices that are summed up at once

// A kernel writes, for `block` vertices of one axis, the sum over all columns of weight * value to `sums`.
// `values`: for each pair of columns, `block` times two neighbours. `weights`: for each pair of columns both weights,
// the first in the low 16 bits.
using SumKernel = void (*)(const std::int8_t* values, const std::int32_t* weights, int pairs, std::int32_t* sums);

// For CPUs with AVX2 or NEON.
void sum_simd(const std::int8_t* values, const std::int32_t* weights, int pairs, std::int32_t* sums);

}  // namespace visaged
