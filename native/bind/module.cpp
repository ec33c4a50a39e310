// The Python module visaged._native: everything that knows of Python, and nothing else.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "visaged/crop.h"
#include "visaged/landmarks.h"
#include "visaged/pose.h"

namespace py = pybind11;

namespace {

using Floats = py::array_t<float>;
using Bytes = py::array_t<std::uint8_t>;
using Corners = std::array<double, 4>;

visaged::Roi to_roi(const Corners& corners) {
    return {corners[0], corners[1], corners[2], corners[3]};
}

std::string described(const py::array& array) {
    return "a " + std::string(py::str(array.dtype())) + " array of shape " + std::string(py::str(array.attr("shape")));
}

[[noreturn]] void reject(const char* name, const char* expected, const py::array& got) {
    throw py::value_error(std::string(name) + " must be " + expected + ", but is " + described(got));
}

bool is_contiguous(const py::array& array) {
    return (array.flags() & py::array::c_style) != 0 &&
           reinterpret_cast<std::uintptr_t>(array.data()) % alignof(float) == 0;
}

// Borrowed, never converted: a conversion would hide a copy per frame.
const float* floats(const py::array& array, const char* name, const char* expected, bool shape_fits) {
    if (!py::isinstance<Floats>(array) || !is_contiguous(array) || !shape_fits) {
        reject(name, expected, array);
    }
    return static_cast<const float*>(array.data());
}

float* writable_floats(py::array& array, const char* name, const char* expected, bool shape_fits) {
    floats(array, name, expected, shape_fits);
    if (!array.writeable()) {
        throw py::value_error(std::string(name) + " must be writable, but is read-only");
    }
    return static_cast<float*>(array.mutable_data());
}

visaged::ImageView to_image(const py::array& array) {
    constexpr auto expected = "uint8 of shape (height, width, 3) with contiguous BGR pixels and rows that go down";
    if (!py::isinstance<Bytes>(array) || array.ndim() != 3 || array.shape(2) != 3) {
        reject("image", expected, array);
    }
    const py::ssize_t height = array.shape(0), width = array.shape(1);
    const bool pixels_touch = array.strides(2) == 1 && (width <= 1 || array.strides(1) == 3);
    if (!pixels_touch || (height > 1 && array.strides(0) < 3 * width)) {
        throw py::value_error(std::string("image must be ") + expected + ", but its strides are " +
                              std::string(py::str(array.attr("strides"))) + "; pass numpy.ascontiguousarray(image)");
    }
    if (height > visaged::max_coordinate || width > visaged::max_coordinate) {
        throw py::value_error("image must not be wider or higher than 1048576 pixels");
    }
    return {static_cast<const std::uint8_t*>(array.data()), static_cast<int>(width), static_cast<int>(height),
            height > 1 ? array.strides(0) : 3 * width};
}

void crop(const py::array& image, const Corners& roi, py::array& out, const std::array<float, 3>& mean, float scale,
          bool scalar) {
    const visaged::ImageView view = to_image(image);
    const bool fits = out.ndim() == 4 && out.shape(0) == 1 && out.shape(1) == 3 &&
                      std::max(out.shape(2), out.shape(3)) <= visaged::max_side;
    float* target = writable_floats(out, "out", "C-contiguous float32 of shape (1, 3, height, width)", fits);
    const visaged::Tensor tensor = {target, static_cast<int>(out.shape(3)), static_cast<int>(out.shape(2))};
    const visaged::Normalisation normalisation = {{mean[0], mean[1], mean[2]}, scale};
    const auto kernel = scalar ? visaged::Kernel::scalar : visaged::Kernel::fastest;
    const py::gil_scoped_release released;
    visaged::crop(view, to_roi(roi), normalisation, tensor, kernel);
}

visaged::LandmarkModel landmark_model(const py::array& mean, const py::array& basis) {
    const bool mean_fits = mean.ndim() == 1 && mean.shape(0) % 3 == 0;
    const float* mean_data =
        floats(mean, "mean", "C-contiguous float32 of shape (3 * landmarks,), x y z of each in turn", mean_fits);
    const bool basis_fits = basis.ndim() == 2 && basis.shape(0) == mean.shape(0);
    const float* basis_data =
        floats(basis, "basis", "C-contiguous float32 of shape (3 * landmarks, coefficients)", basis_fits);
    return {mean_data, basis_data, static_cast<std::size_t>(mean.shape(0)) / 3,
            static_cast<std::size_t>(basis.shape(1))};
}

Floats landmarks(const visaged::LandmarkModel& model, const py::array& params, const Corners& roi, int size) {
    const bool params_fit = params.ndim() == 1 && params.shape(0) == static_cast<py::ssize_t>(model.parameters());
    const float* values =
        floats(params, "params", "C-contiguous float32 of shape (12 + the model's coefficients,)", params_fit);
    Floats out({static_cast<py::ssize_t>(model.landmarks()), py::ssize_t{3}});
    float* target = out.mutable_data();
    const py::gil_scoped_release released;
    model.project(values, to_roi(roi), size, target);
    return out;
}

py::tuple bounds(const py::array& landmarks) {
    const bool fits = landmarks.ndim() == 2 && landmarks.shape(1) == 3;
    const float* values = floats(landmarks, "landmarks", "C-contiguous float32 of shape (n, 3)", fits);
    const visaged::Roi box = visaged::bounds(values, static_cast<std::size_t>(landmarks.shape(0)));
    return py::make_tuple(box.x1, box.y1, box.x2, box.y2);
}

py::tuple pose(const py::array& params) {
    const bool fits = params.ndim() == 1 && params.shape(0) >= 12;
    const float* values = floats(params, "params", "C-contiguous float32 of shape (12 or more,)", fits);
    const visaged::Pose result = visaged::pose(values);
    Floats rotation({3, 3});
    std::copy(result.rotation.begin(), result.rotation.end(), rotation.mutable_data());
    const auto& q = result.quaternion;
    return py::make_tuple(rotation, py::make_tuple(q[0], q[1], q[2], q[3]),
                          py::make_tuple(result.yaw, result.pitch, result.roll), result.scale, result.distortion);
}

}  // namespace

PYBIND11_MODULE(_native, module) {
    using py::arg;
    module.doc() = "The native core of visaged; see _native.pyi for shapes and units.";

    module.def("crop", &crop, arg("image"), arg("roi"), arg("out"),
               arg("mean") = std::array<float, 3>{127.5F, 127.5F, 127.5F}, arg("scale") = 1.0F / 128,
               arg("scalar") = false);
    module.def("bounds", &bounds, arg("landmarks"));
    module.def("pose", &pose, arg("params"));
    py::class_<visaged::LandmarkModel>(module, "LandmarkModel")
        .def(py::init(&landmark_model), arg("mean"), arg("basis"))
        .def("landmarks", &landmarks, arg("params"), arg("roi"), arg("size") = 120);
}
