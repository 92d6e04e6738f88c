"""OpenGL's side of the order between it and CUDA, for the lazy mode.

What CUDA has unmapped is seen by OpenGL's next command in that context, and by other contexts once they have waited for
a fence. The emulated driver sees none of OpenGL's commands, so the few places that issue them tell it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gpu_core.gl import pixel_buffers
from gpu_core.gl.targets import TargetSet
from tests.emulation.emulator import Emulator

# Everything that has OpenGL look at what CUDA may have written.
_LOOKING = ((TargetSet, "read"), (pixel_buffers, "read_texture"), (pixel_buffers, "write_texture"))


def keep_opengl_in_order(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    """Have OpenGL's commands of this context come after what was unmapped in it, as real drivers do."""
    for owner, name in _LOOKING:
        monkeypatch.setattr(owner, name, _after_unmapping(getattr(owner, name), emulator))


def _after_unmapping(command: Callable[..., Any], emulator: Emulator) -> Callable[..., Any]:
    def in_order(*arguments: Any) -> Any:
        emulator.wait(emulator.fence())
        return command(*arguments)

    return in_order
