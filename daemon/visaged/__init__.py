"""visaged: camera frames in, head pose over MQTT out."""

import os

# ONNX Runtime reports to its maker unless told not to before it is imported, and a camera must not.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# NumPy's OpenBLAS starts a thread for each core when it is imported, which costs each process 0.2 s of processor time;
# there is nothing here that is worth it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> str:
    """``__version__``, looked up where it is asked for: the processes that read cameras start often, and need none."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("visaged")
