"""The real TensorRT-RTX without its own libraries' wheel: those inside ONNX Runtime's execution provider serve as well.

Importable in place of `tensorrt_rtx`, in a child process too. It parses and builds on a CPU; running needs a GPU.
"""

import ctypes
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("libtensorrt_rtx.so.1.7.1", "libtensorrt_onnxparser_rtx.so.1.7.1")

_provider = find_spec("onnxruntime_ep_nv_tensorrt_rtx")
if _provider is None or not _provider.submodule_search_locations:
    raise ModuleNotFoundError("the wheel onnxruntime-ep-nv-tensorrt-rtx-cu13 is not installed", name="tensorrt_rtx")
for _library in LIBRARIES:  # later loads by these names find them, wherever they lie
    ctypes.CDLL(str(Path(_provider.submodule_search_locations[0]) / _library), mode=ctypes.RTLD_GLOBAL)

from tensorrt_rtx_bindings import *  # noqa: E402, F403
from tensorrt_rtx_bindings import __version__  # noqa: E402, F401
