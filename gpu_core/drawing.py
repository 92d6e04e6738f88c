"""Drawing one batch: pose every face, draw the images that a path wants, each stage timed."""

from __future__ import annotations

from collections.abc import Set

from gpu_core.free_views import draw_views
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.signature import GEOMETRY_PICTURES
from gpu_core.settings import FrameRequest
from gpu_core.timing import StageTimer


def draw_batch(
    renderer: Renderer,
    target: TargetSet,
    request: FrameRequest,
    *,
    pictures: Set[str],
    timer: StageTimer,
) -> int:
    """Draw a batch into its target; a single expression is every face's. Returns the bytes of its pose.

    Args:
        pictures: of `signature.PICTURES`, what the generator takes; texture and render image are always among them.
    """
    faces = len(target.atlas.regions)
    expressions = request.expressions
    with timer.stage("pose"):
        uploaded = renderer.pose(expressions * faces if len(expressions) == 1 else expressions)
    with timer.stage("render"):
        draw_views(renderer, target, request, geometry=bool(pictures & GEOMETRY_PICTURES))
    return uploaded
