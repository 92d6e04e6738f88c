"""Build .cu files into a library for the emulated driver: the same sources, compiled by g++ over device.h."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.emulation.build import compiler

HERE = Path(__file__).parent
KERNELS = HERE.parents[1] / "gpu_core" / "cuda"
# Nothing is fused and nothing reordered: results are the same on every machine.
FLAGS = (
    "-std=c++20", "-O2", "-g1", "-fPIC", "-ffp-contract=off", "-fno-strict-aliasing", "-U_FORTIFY_SOURCE", "-Wall",
    "-Wno-unused-function", "-Wno-unknown-pragmas",
)  # fmt: skip
_ENTRY = re.compile(r'extern\s+"C"\s+__global__\s+void\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?(\w+)\s*\(')


def build(folder: Path, sources: Sequence[Path] = ()) -> Path:
    """The library of some .cu files (those of the product if none are named), built into `folder` unless it is there.

    Raises:
        CannotBuild: there is no g++.
        subprocess.CalledProcessError: it refuses a source; what it says goes to stderr.
    """
    sources = sources or sorted(KERNELS.glob("*.cu"))
    library = folder / f"libkernels-{_digest(sources)}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            os.replace(_link(Path(scratch), sources), library)
    return library


def entry_points(source: Path) -> list[str]:
    """The kernels of a .cu file, after its macros have been expanded."""
    command = [compiler(), "-E", "-P", "-std=c++20", f"-I{KERNELS}", "-x", "c++", str(source)]
    return _ENTRY.findall(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _link(scratch: Path, sources: Sequence[Path]) -> Path:
    """Compile everything, two files at a time, and make one library of it."""
    units = [HERE / "fibers.cpp", HERE / "direct.cpp", _table(scratch, sources)]
    units += [_unit(scratch, index, source) for index, source in enumerate(sources)]
    objects = [scratch / f"{index}.o" for index in range(len(units))]
    commands = [
        [compiler(), *FLAGS, f"-I{HERE}", f"-I{KERNELS}", "-c", str(unit), "-o", str(out)]
        for unit, out in zip(units, objects, strict=True)
    ]
    for pair in (commands[i : i + 2] for i in range(0, len(commands), 2)):
        for process, command in [(subprocess.Popen(command), command) for command in pair]:
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, command)
    library = scratch / "library.so"
    subprocess.run([compiler(), "-shared", "-Wl,-Bsymbolic", *map(str, objects), "-o", str(library)], check=True)
    return library


def _unit(scratch: Path, index: int, source: Path) -> Path:
    """A .cu file with the list of its kernels; each file has threads and counters of its own."""
    entries = "".join(f'    emulation::entry<&{name}>("{name}"),\n' for name in entry_points(source))
    path = scratch / f"unit{index}.cpp"
    path.write_text(
        f'#include "device.h"\n#include "{source.resolve()}"\n\n'
        f"extern const MienKernel kernels{index}[] = {{\n{entries}    {{}},\n}};\n"
        f"void bind{index}(const MienRuntime *runtime) {{ emulation::runtime = runtime; }}\n"
    )
    return path


def _table(scratch: Path, sources: Sequence[Path]) -> Path:
    """What the library exports: the kernels of all files."""
    indices = range(len(sources))
    path = scratch / "table.cpp"
    path.write_text(
        '#include <vector>\n#include "abi.h"\n\n'
        + "".join(f"extern const MienKernel kernels{i}[];\nvoid bind{i}(const MienRuntime *);\n" for i in indices)
        + "\nstatic const MienRuntime *bound;\n\nconst MienKernel *mien_kernels(int *count) {\n"
        + "    static std::vector<MienKernel> all;\n"
        + "    if (all.empty()) {\n"
        + "".join(f"        for (auto one = kernels{i}; one->name; ++one) all.push_back(*one);\n" for i in indices)
        + "    }\n    *count = static_cast<int>(all.size());\n    return all.data();\n}\n\n"
        + "void mien_bind(const MienRuntime *runtime) {\n"
        + "".join(f"    bind{i}(runtime);\n" for i in indices)
        + "    bound = runtime;\n}\n\nconst MienRuntime *bound_runtime() { return bound; }\n"
    )
    return path


def _digest(sources: Sequence[Path]) -> str:
    """Names everything that the library depends on."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in [
        Path(__file__),
        *sorted(HERE.glob("*.h")),
        *sorted(HERE.glob("*.cpp")),
        *sorted(KERNELS.glob("*.cuh")),
        *sources,
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
