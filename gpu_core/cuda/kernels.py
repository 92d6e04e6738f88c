"""The kernels of one device: compiled when first needed, kept on disk, launched with checked arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Kernels:
    """Every kernel of this room for one device, and the folder of compiled ones (None: the user's cache)."""

    def __init__(self, device: Any, folder: Path | None = None) -> None:
        self.device = device

    def launch(self, stream: Any, name: str, grid: tuple[int, ...], block: tuple[int, ...], *args: Any) -> None:
        """Put one launch on a stream; `args` are numpy scalars or buffers.

        Raises:
            TypeError: their number or sizes are not the kernel's.
            CudaError: the driver refuses.
        """
        raise NotImplementedError
