"""Files that other programs read: arrays in, bytes out."""
