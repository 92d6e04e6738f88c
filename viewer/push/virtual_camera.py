"""A stream as a camera that other programs offer: pyvirtualcam, over a device that the system has."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.push.target import PushError, Target
from viewer.sessions.background import ground_by_alpha, laid_over
from viewer.sessions.recording import BACKGROUND

Pixels = NDArray[np.uint8]
_NO_DEVICE = {
    "linux": "there is no v4l2loopback device: `sudo modprobe v4l2loopback exclusive_caps=1` makes one",
    "darwin": "OBS's virtual camera is missing: install OBS and start its virtual camera once",
    "win32": "OBS's virtual camera is missing: install OBS",
}


class VirtualCamera:
    """Shows pictures of `size` x `size`; for one thread.

    Raises:
        PushError: pyvirtualcam is not installed, or the system has no such device.
    """

    def __init__(self, target: Target, size: int, fps: float) -> None:
        module: Any = _imported()
        try:
            self._camera = module.Camera(
                size, size, fps, fmt=module.PixelFormat.RGB, device=target.address or None, print_fps=False
            )
        except (RuntimeError, ValueError, OSError):
            where = f"{target.where}: " if target.address else "camera: "
            raise PushError(where + _NO_DEVICE.get(sys.platform, "the system offers no virtual camera")) from None
        self._ground = ground_by_alpha(BACKGROUND)

    def show(self, pixels: Pixels) -> None:
        """Show a picture as `Pusher.offer` takes it."""
        self._camera.send(_rgb(pixels, self._ground))

    def close(self) -> None:
        """Let go of the device."""
        self._camera.close()


def _rgb(pixels: Pixels, ground: NDArray[np.uint32]) -> Pixels:
    if pixels.ndim == 3:
        return np.ascontiguousarray(laid_over(pixels, ground)[..., :3])
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_YUV2RGB_NV12))


def _imported() -> Any:
    try:
        return importlib.import_module("pyvirtualcam")
    except ImportError:
        raise PushError("camera: pyvirtualcam is not installed: `pip install 'mien[camera]'` gets it") from None
