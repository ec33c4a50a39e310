// Any triangles on any canvas: the fast path draws what the reference does, all of it finite, none of it outside.
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "input.h"
#include "made.h"
#include "visaged/raster.h"

namespace {

using visaged::Canvas;
using visaged::Kernel;

struct Drawn {
    explicit Drawn(const Canvas& canvas)
        : area(static_cast<std::size_t>(canvas.width) * canvas.height),
          depth(area),
          weights(2 * area),
          triangle(area),
          picture(3 * area) {
        std::fill_n(weights.data(), 2 * area, 0.0F);
    }

    std::size_t area;
    Guarded<float> depth, weights;
    Guarded<std::int32_t> triangle;
    Guarded<std::uint8_t> picture;
};

template <typename Value>
void must_equal(Guarded<Value>& a, Guarded<Value>& b, std::size_t count) {
    must(a.is_intact() && b.is_intact());
    must(std::memcmp(a.data(), b.data(), count * sizeof(Value)) == 0);
}

void must_make_sense(Drawn& drawn, std::int32_t triangles) {
    for (std::size_t pixel = 0; pixel < drawn.area; ++pixel) {
        const std::int32_t triangle = drawn.triangle.data()[pixel];
        const float b = drawn.weights.data()[2 * pixel], c = drawn.weights.data()[2 * pixel + 1];
        must(-1 <= triangle && triangle < triangles);
        must(std::isfinite(drawn.depth.data()[pixel]) == (triangle >= 0));
        must(0 <= b && b < 1.00001F && 0 <= c && c < 1.00001F && b + c < 1.00001F);
    }
}

Canvas canvas_of(Input& input) {
    const bool is_far = input.take<std::uint8_t>() < 16;
    const int left = is_far ? input.take<std::int32_t>() : input.between(-40, 40);
    const int top = is_far ? input.take<std::int32_t>() : input.between(-40, 40);
    return {left, top, input.between(1, 48), input.between(1, 48)};
}

bool is_possible(const Canvas& canvas) {
    try {
        visaged::check(canvas);
    } catch (const std::invalid_argument&) {
        return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const Canvas canvas = canvas_of(input);
    if (!is_possible(canvas)) {
        return 0;
    }
    const int vertices = input.between(1, 64), count = input.between(0, 64);
    const auto triangles = input.triangles(count, vertices);
    auto mesh = input.numbers(3 * static_cast<std::size_t>(vertices));
    for (int i = 0; i < vertices; ++i) {
        mesh[index(i)] += static_cast<float>(canvas.left);
        mesh[index(vertices + i)] += static_cast<float>(canvas.top);
    }
    const auto colours = input.bytes(4 * static_cast<std::size_t>(vertices));
    visaged::Rasteriser rasteriser(triangles.data(), static_cast<std::size_t>(count),
                                   static_cast<std::size_t>(vertices));
    Drawn fast(canvas), scalar(canvas);
    for (const Kernel kernel : {Kernel::fastest, Kernel::scalar}) {
        Drawn& drawn = kernel == Kernel::scalar ? scalar : fast;
        rasteriser.draw_triangles(mesh.data(), canvas, drawn.depth.data(), drawn.triangle.data(), drawn.weights.data(),
                                  kernel);
        rasteriser.draw_colours(mesh.data(), colours.data(), canvas, drawn.depth.data(), drawn.picture.data(), kernel);
    }
    must_equal(fast.depth, scalar.depth, fast.area);
    must_equal(fast.weights, scalar.weights, 2 * fast.area);
    must_equal(fast.triangle, scalar.triangle, fast.area);
    must_equal(fast.picture, scalar.picture, 3 * fast.area);
    must_make_sense(scalar, count);
    return 0;
}
