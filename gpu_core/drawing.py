"""Drawing one batch: pose every face, draw the images that a path wants, each stage timed."""

from __future__ import annotations

from collections.abc import Set

from gpu_core.expression import Expression
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.signature import GEOMETRY_PICTURES
from gpu_core.timing import StageTimer


def draw_batch(
    renderer: Renderer,
    target: TargetSet,
    expressions: tuple[Expression, ...],
    *,
    pictures: Set[str],
    timer: StageTimer,
) -> int:
    """Draw a batch into its target; a single expression is every face's. Returns the bytes of its pose.

    Args:
        pictures: of `signature.PICTURES`, what the generator takes; texture and render image are always drawn.
    """
    faces = len(target.atlas.regions)
    with timer.stage("pose"):
        uploaded = renderer.pose(expressions * faces if len(expressions) == 1 else expressions)
    with timer.stage("render"):
        renderer.draw(target)
        if pictures & GEOMETRY_PICTURES:
            renderer.draw_geometry(target)
    return uploaded
