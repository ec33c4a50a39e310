#include "jpeg.h"

#include <pybind11/numpy.h>

#include <cstdint>
#include <stdexcept>

#include "visaged/jpeg.h"

namespace py = pybind11;

namespace {

visaged::Jpeg to_jpeg(const py::buffer_info& bytes) {
    if (bytes.itemsize != 1 || bytes.ndim != 1 || (bytes.size > 1 && bytes.strides[0] != 1)) {
        throw py::value_error("data must be bytes without gaps");
    }
    return {static_cast<const std::uint8_t*>(bytes.ptr), static_cast<std::size_t>(bytes.size)};
}

py::tuple size(const py::buffer& data) {
    const py::buffer_info bytes = data.request();
    const visaged::Jpeg jpeg = to_jpeg(bytes);
    visaged::JpegSize found{};
    {
        const py::gil_scoped_release released;
        found = visaged::jpeg_size(jpeg);
    }
    return py::make_tuple(found.width, found.height);
}

py::array_t<std::uint8_t> decode(const py::buffer& data, int left, int top, int width, int height, int reduced) {
    const py::buffer_info bytes = data.request();
    const visaged::Jpeg jpeg = to_jpeg(bytes);
    if (width < 1 || height < 1 || width > visaged::max_coordinate || height > visaged::max_coordinate) {
        throw py::value_error("width and height must be between 1 and 1048576");
    }
    py::array_t<std::uint8_t> image({height, width, 3});
    const visaged::MutableImageView out = {image.mutable_data(), width, height, 3 * static_cast<std::ptrdiff_t>(width)};
    const py::gil_scoped_release released;
    visaged::decode_jpeg(jpeg, reduced, left, top, out);
    return image;
}

}  // namespace

void bind_jpeg(py::module_& module) {
    using py::arg;
    module.def("jpeg_size", &size, arg("data"));
    module.def("decode_jpeg", &decode, arg("data"), arg("left"), arg("top"), arg("width"), arg("height"),
               arg("reduced") = 1);
}
