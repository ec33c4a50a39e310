"""The dense surface of a face, and pictures of it."""
