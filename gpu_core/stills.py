"""Stills of a face beside the frames in flight: texture and render image in any size, from any side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.expression import Expression
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import DRAWN, TargetSet
from gpu_core.look import TRAINED, Look
from gpu_core.settings import View


def draw_still(
    renderer: Renderer, expression: Expression, view: View, look: Look | None, size: int
) -> NDArray[np.uint8]:
    """One face, (size, size, 4) uint8, premultiplied sRGB, top row first. `view` is the texture or the render image.

    Frames in flight have been drawn already: whatever draws next poses anew.

    Raises:
        GLError: OpenGL has no target of this size.
    """
    with TargetSet(Atlas(1, size), DRAWN) as target:
        renderer.pose((expression,))
        if look is None or look == TRAINED:
            renderer.draw(target)
        else:
            renderer.draw_free(target, look)
        return target.read_picture(target.pictures(view)[0])
