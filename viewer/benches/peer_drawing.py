"""A 52-shape head drawn by us and by pyrender: the same triangles, expressions, camera and size on the same OpenGL.

Both end with the picture in host memory, for pyrender always does that. Hair and lashes, which we draw as ribbons of
our own, are left out. What is not the same is said in the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.atlas import Atlas
from gpu_core.expression import Expression
from gpu_core.gl.context import headless_context
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.quality import psnr
from gpu_core.settings import View
from viewer.benches.child import ROOT, ChildError, ask
from viewer.benches.fixed_takes import fixed_takes
from viewer.benches.peer_pyrender import MODES
from viewer.benches.peer_rows import PeerRow, Round, timed_round
from viewer.benches.peer_scene import write_scene

PARTS = {
    "still": "drawing a head, 512×512: the mesh as it is",
    "moving": "drawing a head, 512×512: a new expression each frame",
}
SIZE = 512
EXPRESSIONS = 8
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
REMEDY = "its environment is made by ./run bench peers"
_OURS = {"still": "albedo and shaded picture at once", "moving": "both pictures, blends 52 shapes itself"}
_THEIRS = {"still": "", "moving": ", is given blended vertices"}


@dataclass
class Drawings:
    """Ours and theirs, a round at a time; what goes wrong over there becomes the rows' reason."""

    draw: OurDrawing
    folder: Path
    missing: str = ""
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    opengl: str = ""

    def play(self, runs: int, warm_up: int) -> None:
        """One round of ours, one of theirs."""
        for way, step in {"still": self.draw.still, "moving": self.draw.moving}.items():
            for _ in range(warm_up):
                step()
            self.rounds.setdefault(way, []).append(timed_round(step, runs))
        if not self.missing:
            self._ask(runs, warm_up)

    def _ask(self, runs: int, warm_up: int) -> None:
        files = {"scene": str(self.folder / "scene.npz"), "output": str(self.folder / "peer.npz")}
        what = json.dumps(files | {"size": SIZE, "runs": runs, "warm_up": warm_up})
        try:
            told = ask(PEERS_PYTHON, "viewer.benches.peer_pyrender", what)
        except ChildError as reason:
            self.missing = str(reason) if PEERS_PYTHON.exists() else f"pyrender is not installed; {REMEDY}"
            return
        self.opengl = told.pop("opengl")
        for name, one in told.items():
            self.rounds.setdefault(name, []).append(Round(one["times_ms"], one["core_ms"]))

    def rows(self) -> list[PeerRow]:
        """What came of it."""
        rows = []
        for way, part in PARTS.items():
            rows.append(PeerRow(part, "Mien", remark=_OURS[way], rounds=self.rounds[way]))
            for mode, (samples, shaded) in MODES.items():
                row = PeerRow(part, f"pyrender, {mode}", self.missing)
                if not self.missing:
                    row.rounds, row.difference = self.rounds[f"{mode}, {way}"], self._difference(mode)
                    row.remark = (
                        f"{'its own shading' if shaded else 'albedo alone'}, {samples or 1} a pixel{_THEIRS[way]}"
                    )
                rows.append(row)
        return rows

    def _difference(self, mode: str) -> str:
        with np.load(self.folder / "peer.npz") as file:
            return difference(file[mode], self.draw.picture(0, View.RENDER if MODES[mode][1] else View.TEXTURE))


def difference(theirs: NDArray[np.uint8], ours: NDArray[np.uint8]) -> str:
    """Two pictures (size, size, 4) uint8, theirs with straight alpha, ours premultiplied: colours and outline."""
    colours = theirs[..., :3] / 255.0 * (theirs[..., 3:] / 255.0)
    inside, covered = theirs[..., 3] > 127, ours[..., 3] > 127
    shared = float(np.sum(inside & covered)) / max(float(np.sum(inside | covered)), 1.0)
    return f"PSNR {psnr(colours, ours[..., :3] / 255.0):.1f} dB, {shared * 100:.2f} % of the outline shared"


class OurDrawing:
    """The face without hair and lashes, drawn by us and read back."""

    def __init__(self, renderer: Renderer, target: TargetSet, expressions: tuple[Expression, ...]) -> None:
        self._renderer, self._target, self._expressions = renderer, target, expressions
        self._next = 0
        renderer.pose(expressions[:1])

    def still(self, view: View = View.TEXTURE) -> NDArray[np.uint8]:
        """Draw what is posed."""
        self._renderer.draw(self._target)
        return self._target.read_square(view, self._target.pictures(view)[0])

    def moving(self) -> NDArray[np.uint8]:
        """Pose the next expression and draw it."""
        self._next = (self._next + 1) % len(self._expressions)
        return self.picture(self._next)

    def picture(self, number: int, view: View = View.TEXTURE) -> NDArray[np.uint8]:
        """One of the expressions drawn: (512, 512, 4) uint8, premultiplied."""
        self._renderer.pose(self._expressions[number : number + 1])
        return self.still(view)


@contextmanager
def opened_drawings(folder: Path) -> Iterator[tuple[Drawings, str]]:
    """Ours and theirs ready to draw, and the name of the OpenGL that ours is drawn with."""
    face = replace(load_face(resource(*DEFAULT_FACE)), strands=())
    expressions = fixed_takes(EXPRESSIONS)[-1].expressions
    write_scene(face, expressions, folder / "scene.npz")
    with headless_context() as gl, Renderer(face) as renderer, TargetSet(Atlas(1, SIZE)) as target:
        yield Drawings(OurDrawing(renderer, target, expressions), folder), gl.renderer


def said_of_opengl(ours: str, theirs: str) -> dict[str, Any]:
    """Whether both drew with the same."""
    return {"opengl": ours} if theirs in ("", ours) else {"opengl": ours, "opengl of pyrender": theirs}
