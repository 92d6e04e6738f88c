"""Which pictures of a batch are drawn with the look of its request, and which as the generator knows them.

The pair that a generator gets is drawn with the trained camera and light, always. With another look the views that a
person sees of it are drawn beside the pair, into a target of their own; if nobody asked for the generator's picture,
instead of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import DRAWN, TargetSet
from gpu_core.look import TRAINED, Look
from gpu_core.settings import FrameRequest, Picture, View


def free_look(request: FrameRequest) -> Look | None:
    """What its texture and render image are drawn with; None: they are the pair, and nothing is drawn twice."""
    is_free = request.look is not None and request.look != TRAINED and not request.views.isdisjoint(DRAWN)
    return request.look if is_free else None


def draw_views(renderer: Renderer, target: TargetSet, request: FrameRequest, *, geometry: bool) -> None:
    """Draw a posed batch: the pair, with `geometry` normals and depth, and what is looked at in another way."""
    look = free_look(request)
    if look is None or View.GENERATED in request.views:
        renderer.draw(target)
        if geometry:
            renderer.draw_geometry(target)
    if look is not None:
        renderer.draw_free(target.free, look)


def drawn_pictures(target: TargetSet, request: FrameRequest) -> Mapping[View, tuple[Picture, ...]]:
    """Where the texture and the render image lie that a person gets to see."""
    source = target if free_look(request) is None else target.free
    return {view: source.pictures(view) for view in DRAWN}
