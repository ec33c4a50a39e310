"""What the board is and how it fares, read from the kernel's files below a root that may be a made one."""
