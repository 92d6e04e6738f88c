"""What other settings take to build, all of it before anything of the old is let go."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from gpu_core.atlas import Atlas
from gpu_core.face import FaceAsset
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.target_pool import make_sets
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.choosing import Opened, open_tried
from gpu_core.neural.model import GeneratorModel
from gpu_core.settings import EngineSettings

# The window may hold one frame on screen and one about to be shown while `depth` more are made.
_SPARE_SETS = 2


@dataclass(frozen=True)
class Rebuilt:
    """Parts for new settings; empty or None where the old one does. Whoever gets them owns them."""

    sets: list[TargetSet]
    renderer: Renderer | None
    opened: Opened | None


def sets_for(settings: EngineSettings) -> list[TargetSet]:
    """As many sets as an engine needs.

    Raises:
        GLError: OpenGL refuses.
    """
    return make_sets(Atlas(settings.faces, settings.size), settings.depth + _SPARE_SETS)


def rebuild(
    before: EngineSettings, after: EngineSettings, *, face: FaceAsset, generator: GeneratorModel | None
) -> Rebuilt:
    """Build what differs, or nothing. Equal settings open the path once more.

    Raises:
        MienError: something cannot be had here; what was built until then is gone again.
    """
    with ExitStack() as undo:
        sets = sets_for(after) if _sets_differ(before, after) else []
        for target in sets:
            undo.enter_context(target)
        renderer = undo.enter_context(_tried_renderer(face, after)) if after.posing != before.posing else None
        opened = None
        if after == before or after != replace(before, posing=after.posing):
            opened = open_tried(generator, after)
        undo.pop_all()
    return Rebuilt(sets, renderer, opened)


def _sets_differ(before: EngineSettings, after: EngineSettings) -> bool:
    return (before.faces, before.size, before.depth) != (after.faces, after.size, after.depth)


def _tried_renderer(face: FaceAsset, settings: EngineSettings) -> Renderer:
    """A renderer whose posing works here, which is otherwise found out with the first picture."""
    renderer = Renderer(face, posing=settings.posing)
    try:
        _ = renderer.posing
    except BaseException:
        renderer.close()
        raise
    return renderer
