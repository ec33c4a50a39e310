// Any model and parameters: both kernels give the same bits, and nothing is written beside the output.
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "input.h"
#include "made.h"
#include "visaged/dense.h"

namespace {

using visaged::Kernel;

std::vector<float> finite(std::vector<float> numbers) {
    std::replace_if(
        numbers.begin(), numbers.end(), [](float number) { return !std::isfinite(number); }, 1.0F);
    return numbers;
}

void project(const visaged::DenseModel& model, Input& input) {
    const auto params = input.numbers(model.parameters());
    const double x = input.number(), y = input.number();
    const visaged::Roi roi = {x, y, x + input.number(), y + input.number()};
    const int size = input.between(1, 200);
    const std::size_t count = 3 * model.vertices();
    Guarded<float> fast(count), scalar(count);
    model.project(params.data(), roi, size, fast.data());
    model.project(params.data(), roi, size, scalar.data(), Kernel::scalar);
    must(fast.is_intact() && scalar.is_intact());
    must(std::memcmp(fast.data(), scalar.data(), count * sizeof(float)) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const bool is_sound = input.take<std::uint8_t>() != 0;
    const auto numbers = [&](std::size_t count) {
        return is_sound ? finite(input.numbers(count)) : input.numbers(count);
    };
    const auto vertices = static_cast<std::size_t>(input.between(1, 70));
    const auto first = static_cast<std::size_t>(input.between(0, 12)),
               second = static_cast<std::size_t>(input.between(0, 4));
    const auto mean = numbers(3 * vertices), basis = numbers(3 * vertices * first),
               more = numbers(3 * vertices * second), typical = numbers(first + second);
    try {
        const visaged::DenseModel model(mean.data(), vertices, {{basis.data(), first}, {more.data(), second}},
                                        typical.data());
        project(model, input);
    } catch (const std::invalid_argument&) {  // no columns, or numbers that are not finite
        return 0;
    }
    return 0;
}
