"""What `visaged run` is: the process, the app of one configuration, and its stages."""
