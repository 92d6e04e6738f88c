"""Build what the emulated tests need with g++, once: files are found again by a hash of everything they are made of."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parents[1] / "build" / "emulation"
_TIMEOUT_S = 300.0
# Position-independent, with line numbers, and without the checks of longjmp: a kernel that faults is left by it.
FLAGS = ("-std=gnu++17", "-fPIC", "-shared", "-g1", "-fvisibility=hidden", "-U_FORTIFY_SOURCE", "-Wl,-Bsymbolic")


class CannotBuild(Exception):
    """Something to build with is missing; the text says what."""


def cuda_headers() -> Path:
    """The folder with cuda.h, of the wheel nvidia-cuda-runtime.

    Raises:
        CannotBuild: the wheel is not installed.
    """
    found = importlib.util.find_spec("nvidia")
    for folder in found.submodule_search_locations or () if found else ():
        if (Path(folder) / "cu13" / "include" / "cuda.h").is_file():
            return Path(folder) / "cu13" / "include"
    raise CannotBuild("cuda.h is missing: install the dependency group dev (nvidia-cuda-runtime)")


def compiler() -> str:
    """The path of g++.

    Raises:
        CannotBuild: there is none.
    """
    name = os.environ.get("CXX", "g++")
    found = shutil.which(name)
    if found is None:
        raise CannotBuild(f"{name} is missing: on Debian and Ubuntu, apt-get install g++")
    return found


def built(name: str, made_of: Sequence[Path], source: str, options: Sequence[str]) -> Path:
    """The shared library `name`, compiled from the text `source` unless that was done before.

    Args:
        name: file name of the library, also what it calls itself.
        made_of: every file that `source` includes, apart from the system's.
        options: for g++, behind `FLAGS`.

    Raises:
        CannotBuild: there is no g++.
        RuntimeError: the compiler refuses; the text is what it says.
    """
    parts = [path.read_bytes() for path in made_of]
    text = "\0".join([name, source, *FLAGS, *options]).encode()
    key = hashlib.sha256(b"\0".join([text, *parts])).hexdigest()[:20]
    library = BUILT / f"{name}-{key}" / name
    if not library.exists():
        _compile(library, source, options)
    return library


def _compile(library: Path, source: str, options: Sequence[str]) -> None:
    gxx = compiler()
    BUILT.mkdir(parents=True, exist_ok=True)
    # Made aside and put there whole: several test runs may build at once.
    with tempfile.TemporaryDirectory(dir=BUILT) as folder:
        made = Path(folder) / library.name
        (Path(folder) / "source.cpp").write_text(source, encoding="utf-8")
        command = [
            gxx,
            *FLAGS,
            f"-Wl,-soname,{library.name}",
            *options,
            "-o",
            str(made),
            f"{folder}/source.cpp",
            "-ldl",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode:
            raise RuntimeError(f"g++ refuses {library.name}:\n{done.stderr[:4000]}")
        library.parent.mkdir(exist_ok=True)
        made.replace(library)


def build_driver() -> Path:
    """The emulated libcuda.so.1, as one translation unit: its parts share most of their headers.

    Raises:
        CannotBuild: g++ or cuda.h are missing.
        RuntimeError: the compiler refuses.
    """
    headers = cuda_headers()
    parts, exports = sorted((HERE / "driver").glob("*.cpp")), HERE / "driver" / "exports.map"
    source = "".join(f'#include "{part}"\n' for part in parts)
    names = _error_names(headers / "cuda.h")
    return built(
        "libcuda.so.1",
        [*parts, *sorted((HERE / "driver").glob("*.h")), exports, HERE / "abi.h", headers / "cuda.h"],
        source,
        [
            "-O1",
            "-Wall",
            "-Wextra",
            "-pthread",
            f"-I{HERE / 'driver'}",
            f"-I{names.parent}",
            f"-isystem{headers}",
            f"-Wl,--version-script={exports}",
        ],
    )


def _error_names(header: Path) -> Path:
    """`error_names.inc`: ERROR_NAME(name, number) for every CUresult in cuda.h."""
    text = header.read_text(encoding="utf-8")
    codes = text[text.index("typedef enum cudaError_enum") : text.index("} CUresult;")]
    lines = [f"ERROR_NAME({name}, {number})\n" for name, number in re.findall(r"\b(CUDA_\w+)\s*=\s*(\d+)", codes)]
    made = "".join(lines)
    path = BUILT / f"names-{hashlib.sha256(made.encode()).hexdigest()[:20]}" / "error_names.inc"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(made, encoding="utf-8")
    return path
