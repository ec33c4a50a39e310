// The part of the module visaged._native that decodes JPEG.
#pragma once

#include <pybind11/pybind11.h>

void bind_jpeg(pybind11::module_& module);
