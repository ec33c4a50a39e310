// The Python module visaged._native: everything that knows of Python, and nothing else.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "jpeg.h"
#include "visaged/crop.h"
#include "visaged/dense.h"
#include "visaged/landmarks.h"
#include "visaged/pose.h"
#include "visaged/raster.h"
#include "visaged/shade.h"
#include "visaged/unwrap.h"

namespace py = pybind11;

namespace {

using Floats = py::array_t<float>;
using Corners = std::array<double, 4>;

visaged::Roi to_roi(const Corners& corners) {
    return {corners[0], corners[1], corners[2], corners[3]};
}

visaged::Kernel to_kernel(bool scalar) {
    return scalar ? visaged::Kernel::scalar : visaged::Kernel::fastest;
}

std::string described(const py::array& array) {
    return "a " + std::string(py::str(array.dtype())) + " array of shape " + std::string(py::str(array.attr("shape")));
}

[[noreturn]] void reject(const char* name, const char* expected, const py::array& got) {
    throw py::value_error(std::string(name) + " must be " + expected + ", but is " + described(got));
}

// Borrowed, never converted: a conversion would hide a copy per frame.
template <typename Number>
const Number* borrowed(const py::array& array, const char* name, const char* expected, bool shape_fits) {
    const bool is_contiguous = (array.flags() & py::array::c_style) != 0 &&
                               reinterpret_cast<std::uintptr_t>(array.data()) % alignof(Number) == 0;
    if (!py::isinstance<py::array_t<Number>>(array) || !is_contiguous || !shape_fits) {
        reject(name, expected, array);
    }
    return static_cast<const Number*>(array.data());
}

template <typename Number>
Number* writable(py::array& array, const char* name, const char* expected, bool shape_fits) {
    borrowed<Number>(array, name, expected, shape_fits);
    if (!array.writeable()) {
        throw py::value_error(std::string(name) + " must be writable, but is read-only");
    }
    return static_cast<Number*>(array.mutable_data());
}

bool has_shape(const py::array& array, std::initializer_list<py::ssize_t> shape) {
    return array.ndim() == static_cast<py::ssize_t>(shape.size()) &&
           std::equal(shape.begin(), shape.end(), array.shape());
}

template <typename Byte>
visaged::BasicImageView<Byte> view_of(const py::array& array, Byte* data) {
    constexpr auto expected = "uint8 of shape (height, width, 3) with contiguous BGR pixels and rows that go down";
    if (!py::isinstance<py::array_t<std::uint8_t>>(array) || array.ndim() != 3 || array.shape(2) != 3) {
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
    return {data, static_cast<int>(width), static_cast<int>(height), height > 1 ? array.strides(0) : 3 * width};
}

visaged::ImageView to_image(const py::array& array) {
    return view_of(array, static_cast<const std::uint8_t*>(array.data()));
}

visaged::MutableImageView to_target(py::array& array) {
    if (!array.writeable()) {
        throw py::value_error("image must be writable, but is read-only");
    }
    return view_of(array, static_cast<std::uint8_t*>(array.mutable_data()));
}

void crop(const py::array& image, const Corners& roi, py::array& out, const std::array<float, 3>& mean, float scale,
          bool scalar) {
    const visaged::ImageView view = to_image(image);
    const bool fits = out.ndim() == 4 && out.shape(0) == 1 && out.shape(1) == 3 &&
                      std::max(out.shape(2), out.shape(3)) <= visaged::max_side;
    auto* target = writable<float>(out, "out", "C-contiguous float32 of shape (1, 3, height, width)", fits);
    const visaged::Tensor tensor = {target, static_cast<int>(out.shape(3)), static_cast<int>(out.shape(2))};
    const visaged::Normalisation normalisation = {{mean[0], mean[1], mean[2]}, scale};
    const py::gil_scoped_release released;
    visaged::crop(view, to_roi(roi), normalisation, tensor, to_kernel(scalar));
}

const float* model_mean(const py::array& mean) {
    const bool fits = mean.ndim() == 1 && mean.shape(0) % 3 == 0;
    return borrowed<float>(mean, "mean", "C-contiguous float32 of shape (3 * vertices,), x y z of each in turn", fits);
}

const float* model_basis(const py::array& basis, const py::array& mean) {
    const bool fits = basis.ndim() == 2 && basis.shape(0) == mean.shape(0);
    return borrowed<float>(basis, "basis", "C-contiguous float32 of shape (3 * vertices, coefficients)", fits);
}

const float* model_params(const py::array& params, std::size_t count) {
    const bool fits = has_shape(params, {static_cast<py::ssize_t>(count)});
    return borrowed<float>(params, "params", "C-contiguous float32 of shape (12 + the model's coefficients,)", fits);
}

visaged::LandmarkModel landmark_model(const py::array& mean, const py::array& basis) {
    return {model_mean(mean), model_basis(basis, mean), static_cast<std::size_t>(mean.shape(0)) / 3,
            static_cast<std::size_t>(basis.ndim() == 2 ? basis.shape(1) : 0)};
}

Floats landmarks(const visaged::LandmarkModel& model, const py::array& params, const Corners& roi, int size) {
    const float* values = model_params(params, model.parameters());
    Floats out({static_cast<py::ssize_t>(model.landmarks()), py::ssize_t{3}});
    float* target = out.mutable_data();
    const py::gil_scoped_release released;
    model.project(values, to_roi(roi), size, target);
    return out;
}

visaged::DenseModel dense_model(const py::array& mean, const std::vector<py::array>& bases, const py::array& typical) {
    const float* first = model_mean(mean);
    std::vector<visaged::Basis> parts;
    py::ssize_t columns = 0;
    for (const py::array& basis : bases) {
        parts.push_back({model_basis(basis, mean), static_cast<std::size_t>(basis.shape(1))});
        columns += basis.shape(1);
    }
    const auto* sizes = borrowed<float>(typical, "typical", "C-contiguous float32, one of each column of the bases",
                                        has_shape(typical, {columns}));
    const py::gil_scoped_release released;
    return {first, static_cast<std::size_t>(mean.shape(0)) / 3, parts, sizes};
}

const float* mesh_rows(const py::array& vertices, std::size_t count) {
    return borrowed<float>(vertices, "vertices", "C-contiguous float32 of shape (3, the mesh's vertices)",
                           has_shape(vertices, {3, static_cast<py::ssize_t>(count)}));
}

void project(const visaged::DenseModel& model, const py::array& params, const Corners& roi, py::array& out, int size,
             bool scalar) {
    const float* values = model_params(params, model.parameters());
    mesh_rows(out, model.vertices());
    auto* target = writable<float>(out, "out", "", true);
    const py::gil_scoped_release released;
    model.project(values, to_roi(roi), size, target, to_kernel(scalar));
}

constexpr auto corners_expected = "C-contiguous int32 of shape (triangles, 3)";

const std::int32_t* corners_of(const py::array& triangles) {
    return borrowed<std::int32_t>(triangles, "triangles", corners_expected,
                                  triangles.ndim() == 2 && triangles.shape(1) == 3);
}

visaged::Rasteriser rasteriser(const py::array& triangles, std::size_t vertices) {
    return {corners_of(triangles), static_cast<std::size_t>(triangles.shape(0)), vertices};
}

// The window of the image that `depth`, (height, width), is: its sides are those of the canvas.
visaged::Canvas canvas_of(const py::array& depth, int left, int top) {
    borrowed<float>(depth, "depth", "C-contiguous float32 of shape (height, width), sides of 1 to 16384",
                    depth.ndim() == 2 && std::max(depth.shape(0), depth.shape(1)) <= visaged::max_canvas);
    return {left, top, static_cast<int>(depth.shape(1)), static_cast<int>(depth.shape(0))};
}

void draw_depth(visaged::Rasteriser& self, const py::array& vertices, int left, int top, py::array& depth,
                bool scalar) {
    const float* mesh = mesh_rows(vertices, self.vertices());
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    auto* target = writable<float>(depth, "depth", "", true);
    const py::gil_scoped_release released;
    self.draw_depth(mesh, canvas, target, to_kernel(scalar));
}

void draw_colours(visaged::Rasteriser& self, const py::array& vertices, const py::array& colours, int left, int top,
                  py::array& depth, py::array& picture, bool scalar) {
    const float* mesh = mesh_rows(vertices, self.vertices());
    const auto* bytes = borrowed<std::uint8_t>(colours, "colours", "C-contiguous uint8 of shape (vertices, 4)",
                                               has_shape(colours, {vertices.shape(1), 4}));
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    auto* target = writable<float>(depth, "depth", "", true);
    auto* pixels = writable<std::uint8_t>(picture, "picture", "C-contiguous uint8 of depth's shape and 3 channels",
                                          has_shape(picture, {canvas.height, canvas.width, 3}));
    const py::gil_scoped_release released;
    self.draw_colours(mesh, bytes, canvas, target, pixels, to_kernel(scalar));
}

void draw_triangles(visaged::Rasteriser& self, const py::array& vertices, int left, int top, py::array& depth,
                    py::array& triangle, py::array& weights, bool scalar) {
    const float* mesh = mesh_rows(vertices, self.vertices());
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    auto* target = writable<float>(depth, "depth", "", true);
    auto* numbers = writable<std::int32_t>(triangle, "triangle", "C-contiguous int32 of depth's shape",
                                           has_shape(triangle, {canvas.height, canvas.width}));
    auto* parts = writable<float>(weights, "weights", "C-contiguous float32 of depth's shape and 2 channels",
                                  has_shape(weights, {canvas.height, canvas.width, 2}));
    const py::gil_scoped_release released;
    self.draw_triangles(mesh, canvas, target, numbers, parts, to_kernel(scalar));
}

void vertex_normals(const visaged::Rasteriser& self, const py::array& vertices, py::array& out) {
    const float* mesh = mesh_rows(vertices, self.vertices());
    auto* target = writable<float>(out, "out", "C-contiguous float32 of shape (vertices, 4)",
                                   has_shape(out, {vertices.shape(1), 4}));
    const py::gil_scoped_release released;
    visaged::vertex_normals(mesh, self.vertices(), self.corners(), self.triangles(), target);
}

template <void (*colours)(const float*, std::size_t, std::uint8_t*)>
void normals_to_colours(const py::array& normals, py::array& out) {
    const bool fits = normals.ndim() == 2 && normals.shape(1) == 4;
    const auto* values = borrowed<float>(normals, "normals", "C-contiguous float32 of shape (vertices, 4)", fits);
    auto* target = writable<std::uint8_t>(out, "out", "C-contiguous uint8 of shape (vertices, 4)",
                                          has_shape(out, {normals.shape(0), 4}));
    const py::gil_scoped_release released;
    colours(values, static_cast<std::size_t>(normals.shape(0)), target);
}

void blend(const py::array& depth, const py::array& picture, int left, int top, float alpha, const py::array& under,
           py::array& target) {
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    const auto* pixels =
        borrowed<std::uint8_t>(picture, "picture", "C-contiguous uint8 of depth's shape and 3 channels",
                               has_shape(picture, {canvas.height, canvas.width, 3}));
    const visaged::ImageView below = to_image(under);
    const visaged::MutableImageView result = to_target(target);
    if (below.width != result.width || below.height != result.height) {
        throw py::value_error("under and target must be pictures of the same size");
    }
    const auto* covered = static_cast<const float*>(depth.data());
    const py::gil_scoped_release released;
    visaged::blend(canvas, covered, pixels, alpha, below, result);
}

py::array_t<bool> visibility(const py::array& points, const py::array& depth, int left, int top, float tolerance) {
    const bool fits = points.ndim() == 2 && points.shape(0) == 3;
    const auto* rows = borrowed<float>(points, "points", "C-contiguous float32 of shape (3, n)", fits);
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    const auto* nearest = static_cast<const float*>(depth.data());
    py::array_t<bool> seen(points.shape(1));
    auto* target = reinterpret_cast<std::uint8_t*>(seen.mutable_data());
    const py::gil_scoped_release released;
    visaged::visibility(rows, static_cast<std::size_t>(points.shape(1)), canvas, nearest, tolerance, target);
    return seen;
}

visaged::Unwrapper unwrapper(const py::array& uv, const py::array& triangles, int size) {
    const bool fits = uv.ndim() == 2 && uv.shape(1) == 2;
    const auto* places = borrowed<float>(uv, "uv", "C-contiguous float32 of shape (vertices, 2)", fits);
    const std::int32_t* corners = corners_of(triangles);
    const auto count = static_cast<std::size_t>(triangles.shape(0));
    const py::gil_scoped_release released;
    return {places, static_cast<std::size_t>(uv.shape(0)), corners, count, size};
}

void unwrap(const visaged::Unwrapper& self, const py::array& vertices, const py::array& image, const py::array& depth,
            int left, int top, float tolerance, py::array& texture, py::array& seen) {
    const float* mesh = mesh_rows(vertices, self.vertices());
    const visaged::ImageView view = to_image(image);
    const visaged::Canvas canvas = canvas_of(depth, left, top);
    const auto* nearest = static_cast<const float*>(depth.data());
    auto* texels = writable<std::uint8_t>(texture, "texture", "C-contiguous uint8 of shape (size, size, 3)",
                                          has_shape(texture, {self.size(), self.size(), 3}));
    auto* mask = writable<bool>(seen, "seen", "C-contiguous bool of shape (size, size)",
                                has_shape(seen, {self.size(), self.size()}));
    const py::gil_scoped_release released;
    self.unwrap(mesh, view, canvas, nearest, tolerance, texels, reinterpret_cast<std::uint8_t*>(mask));
}

py::tuple bounds(const py::array& landmarks) {
    const bool fits = landmarks.ndim() == 2 && landmarks.shape(1) == 3;
    const auto* values = borrowed<float>(landmarks, "landmarks", "C-contiguous float32 of shape (n, 3)", fits);
    const visaged::Roi box = visaged::bounds(values, static_cast<std::size_t>(landmarks.shape(0)));
    return py::make_tuple(box.x1, box.y1, box.x2, box.y2);
}

py::tuple pose(const py::array& params) {
    const bool fits = params.ndim() == 1 && params.shape(0) >= 12;
    const auto* values = borrowed<float>(params, "params", "C-contiguous float32 of shape (12 or more,)", fits);
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
    bind_jpeg(module);
    module.def("bounds", &bounds, arg("landmarks"));
    module.def("pose", &pose, arg("params"));
    py::class_<visaged::LandmarkModel>(module, "LandmarkModel")
        .def(py::init(&landmark_model), arg("mean"), arg("basis"))
        .def("landmarks", &landmarks, arg("params"), arg("roi"), arg("size") = 120);
    py::class_<visaged::DenseModel>(module, "DenseModel")
        .def(py::init(&dense_model), arg("mean"), arg("bases"), arg("typical"))
        .def_property_readonly("vertices", &visaged::DenseModel::vertices)
        .def_property_readonly("nbytes", &visaged::DenseModel::bytes)
        .def("project", &project, arg("params"), arg("roi"), arg("out"), arg("size") = 120, arg("scalar") = false);
    py::class_<visaged::Rasteriser>(module, "Rasteriser")
        .def(py::init(&rasteriser), arg("triangles"), arg("vertices"))
        .def("depth", &draw_depth, arg("vertices"), arg("left"), arg("top"), arg("depth"), arg("scalar") = false)
        .def("colours", &draw_colours, arg("vertices"), arg("colours"), arg("left"), arg("top"), arg("depth"),
             arg("picture"), arg("scalar") = false)
        .def("triangles", &draw_triangles, arg("vertices"), arg("left"), arg("top"), arg("depth"), arg("triangle"),
             arg("weights"), arg("scalar") = false)
        .def("normals", &vertex_normals, arg("vertices"), arg("out"));
    module.def("normal_colours", &normals_to_colours<visaged::normal_colours>, arg("normals"), arg("out"));
    module.def("lit_colours", &normals_to_colours<visaged::lit_colours>, arg("normals"), arg("out"));
    module.def("blend", &blend, arg("depth"), arg("picture"), arg("left"), arg("top"), arg("alpha"), arg("under"),
               arg("target"));
    module.def("visibility", &visibility, arg("points"), arg("depth"), arg("left"), arg("top"), arg("tolerance"));
    py::class_<visaged::Unwrapper>(module, "Unwrapper")
        .def(py::init(&unwrapper), arg("uv"), arg("triangles"), arg("size"))
        .def("unwrap", &unwrap, arg("vertices"), arg("image"), arg("depth"), arg("left"), arg("top"), arg("tolerance"),
             arg("texture"), arg("seen"));
}
