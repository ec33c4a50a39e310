// Finds the pixels of small triangles, a lane for each. On x86-64 compiled for AVX2: it must stay free of the standard
// library's inline functions, whose AVX2 copies the linker could hand to the rest of the program.
#include "raster_kernel.h"

#if defined(__x86_64__) || defined(__aarch64__)  // elsewhere the reference is all there is

#include "simd.h"

namespace visaged {
namespace {

struct Corner {
    Lanes x, y;
};

Corner load_corner(const ScreenVertex* vertices, const std::int32_t* numbers) {
    const Records records = load_records(&vertices->x, numbers);
    return {records.field[0], records.field[1]};
}

// Twice the area of from-to-point.
Lanes cross(const Corner& from, const Corner& to, Lanes x, Lanes y) {
    return subtract(multiply(subtract(to.x, from.x), subtract(y, from.y)),
                    multiply(subtract(to.y, from.y), subtract(x, from.x)));
}

// What must be taken from an edge function so that a centre on the edge counts (0: a top or a left edge) or not (1).
Lanes exclusion(const Corner& from, const Corner& to) {
    const Lanes counts = either(greater(from.y, to.y), both(equal(from.y, to.y), greater(to.x, from.x)));
    return add(fill(1), counts);  // true is -1
}

Lanes first_centre(Lanes a, Lanes b, Lanes c, std::int32_t limit) {
    const Lanes low = smaller(smaller(a, b), c);
    return larger(shift_right_signed<fraction_bits>(add(low, fill(one_pixel - 1))), fill(limit));
}

Lanes last_centre(Lanes a, Lanes b, Lanes c, std::int32_t limit) {
    const Lanes high = larger(larger(a, b), c);
    return smaller(shift_right_signed<fraction_bits>(high), fill(limit));
}

Lanes extent(Lanes a, Lanes b, Lanes c) {
    return subtract(larger(larger(a, b), c), smaller(smaller(a, b), c));
}

void find_group(const ScreenVertex* vertices, const std::int32_t* numbers, const Window& window, Group& found) {
    const Corner a = load_corner(vertices, numbers), b = load_corner(vertices, numbers + 1),
                 c = load_corner(vertices, numbers + 2);
    const Lanes left = first_centre(a.x, b.x, c.x, window.left), right = last_centre(a.x, b.x, c.x, window.right);
    const Lanes top = first_centre(a.y, b.y, c.y, window.top), bottom = last_centre(a.y, b.y, c.y, window.bottom);
    const Lanes unusable = equal(smaller(smaller(a.x, b.x), c.x), fill(nowhere));
    const Lanes outside = either(either(greater(left, right), greater(top, bottom)), unusable);
    const Lanes columns = subtract(right, left), rows = subtract(bottom, top);
    const Lanes is_big = greater(larger(extent(a.x, b.x, c.x), extent(a.y, b.y, c.y)), fill(small_extent - 1));
    const Lanes is_wide = either(greater(columns, fill(grid_width - 1)), greater(rows, fill(grid_height - 1)));
    const Lanes area = cross(a, b, c.x, c.y);
    const Lanes is_front = either(greater(area, fill(0)), is_big);  // a big one's area may have overflowed
    const Lanes candidate = without(is_front, outside);
    const Lanes large = both(candidate, either(is_big, is_wide));
    const Lanes small = without(candidate, large);
    found.large = bits_of(large);
    found.small = bits_of(small);
    if (found.small == 0) {
        return;
    }
    const Lanes x = shift_left<fraction_bits>(left), y = shift_left<fraction_bits>(top);
    const Lanes at_b = cross(c, a, x, y), at_c = cross(a, b, x, y);
    const Lanes b_right = shift_left<fraction_bits>(subtract(c.y, a.y)),
                b_down = shift_left<fraction_bits>(subtract(a.x, c.x));
    const Lanes c_right = shift_left<fraction_bits>(subtract(a.y, b.y)),
                c_down = shift_left<fraction_bits>(subtract(b.x, a.x));
    const Lanes a_bias = exclusion(b, c), b_bias = exclusion(c, a), c_bias = exclusion(a, b);
    // Biased edge functions: inside is where none is negative.
    Lanes row_b = subtract(at_b, b_bias), row_c = subtract(at_c, c_bias);
    const Lanes total = subtract(subtract(subtract(area, a_bias), b_bias), c_bias);
    Lanes pixels = fill(0);
    const Lanes off = fill(-1);
    for (int row = 0; row < grid_height; ++row) {
        const Lanes row_counts = without(small, greater(fill(row), rows));
        if (bits_of(row_counts) == 0) {
            break;
        }
        Lanes here_b = row_b, here_c = row_c;
        for (int column = 0; column < grid_width; ++column) {
            const Lanes counts = without(row_counts, greater(fill(column), columns));
            if (bits_of(counts) == 0) {
                break;
            }
            const Lanes here_a = subtract(subtract(total, here_b), here_c);
            const Lanes inside = greater(either(either(here_a, here_b), here_c), off);
            pixels = either(
                pixels, both(both(inside, counts), fill(static_cast<std::int32_t>(1U << (row * grid_width + column)))));
            here_b = add(here_b, b_right);
            here_c = add(here_c, c_right);
        }
        row_b = add(row_b, b_down);
        row_c = add(row_c, c_down);
    }
    found.small &= ~bits_of(equal(pixels, fill(0)));
    store(found.pixels, pixels);
    store(found.left, subtract(left, fill(window.left)));
    store(found.top, subtract(top, fill(window.top)));
    store(found.area, area);
    store(found.b, at_b);
    store(found.b_right, b_right);
    store(found.b_down, b_down);
    store(found.c, at_c);
    store(found.c_right, c_right);
    store(found.c_down, c_down);
}

}  // namespace

void find_simd(const ScreenVertex* vertices, const Corners* triangles, std::size_t groups, const Window& window,
               Group* found) {
    static_assert(lanes == group_size);
    for (std::size_t i = 0; i < groups; ++i) {
        find_group(vertices, &triangles[i * lanes].a, window, found[i]);
    }
}

}  // namespace visaged

#endif
