// The fast crop. On x86-64 this file alone is compiled for AVX2: it must stay free of the standard library's inline
// functions, whose AVX2 copies the linker could hand to the rest of the program.
#include "crop_kernel.h"

#if defined(__x86_64__) || defined(__aarch64__)  // elsewhere the reference is all there is

#include "simd.h"

namespace visaged {
namespace {

template <typename Read>
void crop_lanes(const std::uint8_t* const rows[2], const int row_weights[2], const Columns& columns, int from,
                const Line& line, float* out, std::ptrdiff_t plane) {
    const Lanes weights = load(columns.weights + from);
    const Lanes upper_weight = fill(row_weights[0]), lower_weight = fill(row_weights[1]);
    const auto upper = load_pairs<Read>(rows[0], columns.offsets + from);
    const auto lower = load_pairs<Read>(rows[1], columns.offsets + from);
    for (int channel = 0; channel < 3; ++channel) {
        const Lanes above = shift_right<drop_after_x>(multiply_add_halves(upper.channel[channel], weights));
        const Lanes below = shift_right<drop_after_x>(multiply_add_halves(lower.channel[channel], weights));
        const Lanes sum = add(multiply_high(above, upper_weight), multiply_high(below, lower_weight));
        const Lanes grey = shift_right<drop_at_end>(add(sum, fill(half_at_end)));
        store_scaled(out + channel * plane + from, grey, line.scale, line.shift[channel]);
    }
}

}  // namespace

void crop_row_simd(const std::uint8_t* const rows[2], const int row_weights[2], const Columns& columns,
                   const Line& line, float* out, std::ptrdiff_t plane) {
    int from = 0;
    for (; from + simd_lanes <= columns.roomy; from += simd_lanes) {
        crop_lanes<RoomyRead>(rows, row_weights, columns, from, line, out, plane);
    }
    for (; from < columns.count; from += simd_lanes) {
        const int last = columns.count - simd_lanes;  // the last lanes may do a few columns again
        crop_lanes<TightRead>(rows, row_weights, columns, from < last ? from : last, line, out, plane);
    }
}

}  // namespace visaged

#endif
