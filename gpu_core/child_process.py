"""Modules of ours run in processes of their own: found where this process found them, and nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def module_command(module: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """The command that runs a module with these arguments; `options` are the interpreter's.

    -P: what happens to lie in the current folder is not imported. Goes with `module_environment`.
    """
    return [sys.executable, "-P", *options, "-m", module, *arguments]


def module_environment() -> dict[str, str]:
    """This process' environment, and where it finds its modules."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)}
