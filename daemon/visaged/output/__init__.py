"""What `visaged image` and `visaged video` write: pictures, meshes, reports and films."""
