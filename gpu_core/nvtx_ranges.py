"""NVTX ranges around the stages, for Nsight Systems and Nsight Compute; nothing at all unless one of them watches.

Both start the program, and say so in its environment. The package `nvtx` comes with the extra `cuda`; it takes a tenth
of a second to import, so it is not imported for nobody. It needs no GPU and no driver.
"""

from __future__ import annotations

import importlib
import logging
import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

log = logging.getLogger(__name__)

DOMAIN = "Mien"
# The first is where NVTX itself finds its tool (nvtxInit.h), the second is how Nsight Systems names its session.
WATCHED_BY = ("NVTX_INJECTION64_PATH", "NSYS_PROFILING_SESSION_ID")

_NOTHING = nullcontext()


def stage_range(name: str) -> AbstractContextManager[Any]:
    """A range of that name on this thread, for a with statement."""
    annotate = _annotate()
    found: AbstractContextManager[Any] = annotate(name, domain=DOMAIN) if annotate is not None else _NOTHING
    return found


@cache
def _annotate() -> Any:
    """`nvtx.annotate`, or None if nobody watches."""
    if not any(os.environ.get(name) for name in WATCHED_BY):
        return None
    try:
        return importlib.import_module("nvtx").annotate
    except ImportError:
        log.warning("a profiler watches, but there are no NVTX ranges without the package nvtx: pip install nvtx")
        return None
