"""What the daemon and systemd say to each other; silent where systemd did not start it."""
