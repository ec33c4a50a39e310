"""Is this machine fit for the daemon, and what to do where it is not: what ``visaged doctor`` looks at."""
