"""The names of what can be made of a picture with faces, apart from what makes them, for they are needed sooner."""

PICTURE_KINDS = ("2d_sparse", "2d_dense", "3d", "depth", "pncc", "pose", "normals")
"""Pictures of the size of the original, with all its faces."""

FILE_KINDS = ("uv_tex", "ply", "obj")
"""Files of another form."""
