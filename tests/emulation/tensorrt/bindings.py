"""NVIDIA's own Python bindings of TensorRT 11.4, loaded over stubs of its libraries.

Types, enumerations and signatures are the real ones; nothing can be built or run with them.
"""

from __future__ import annotations

import ctypes
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.emulation.build import built

SOURCE = Path(__file__).with_name("stubs.cpp")
LIBRARIES = {
    "NVINFER": "libnvinfer.so.11", "NVINFER_PLUGIN": "libnvinfer_plugin.so.11", "NVONNXPARSER": "libnvonnxparser.so.11",
}  # fmt: skip


def real_bindings() -> Any:
    """The module `tensorrt_bindings`.

    Raises:
        ModuleNotFoundError: the wheel tensorrt-cu13-bindings is not installed.
        CannotBuild: there is no compiler.
    """
    for part, name in LIBRARIES.items():  # later loads by these names find them, wherever they lie
        library = built(name, [SOURCE], f'#define {part}\n#include "{SOURCE}"\n', ["-O1"])
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    return import_module("tensorrt_bindings")
