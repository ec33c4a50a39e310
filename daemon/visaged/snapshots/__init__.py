"""Depth snapshots: faces as 16-bit pictures of how near they are, each with a description beside it, on disk.

``triggers`` decides when, ``service`` waits and retries, ``photographer`` renders, ``record`` is what the sidecar says,
``store`` writes whole snapshots or none and keeps the folder within ``quota``; ``reader`` and ``picture`` look at them.
"""
