// The fast sum. On x86-64 compiled for AVX2: it must stay free of the standard library's inline functions, whose AVX2
// copies the linker could hand to the rest of the program.
#include "dense_kernel.h"

#if defined(__x86_64__) || defined(__aarch64__)  // elsewhere the reference is all there is

#include "simd.h"

namespace visaged {

void sum_simd(const std::int8_t* values, const std::int32_t* weights, int pairs, std::int32_t* sums) {
    constexpr int groups = block / lanes;
    PairSums total[groups] = {};
    for (int pair = 0; pair < pairs; ++pair, values += 2 * block) {
        const Lanes both = fill(weights[pair]);
        for (int group = 0; group < groups; ++group) {
            add_products(total[group], values + 2 * lanes * group, both);
        }
    }
    for (int group = 0; group < groups; ++group) {
        store(sums + lanes * group, sum_of(total[group]));
    }
}

}  // namespace visaged

#endif
