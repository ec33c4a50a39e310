// The square (or rectangle) of the image that the network sees.
#pragma once

namespace visaged {

// Corners in image pixels: x right, y down, the centre of the top-left pixel is (0, 0).
struct Roi {
    double x1, y1, x2, y2;
};

}  // namespace visaged
