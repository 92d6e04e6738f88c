"""Small pictures of presets, drawn by the engine as the generator makes them, and kept in the user's cache.

Drawing needs the thread whose OpenGL context the engine has; what is cached can be read anywhere. A picture is known by
a hash of everything it depends on: face, renderer, generator and its arithmetic (`Origin`), expression. A cache that
cannot be read or written costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from gpu_core.contract import picture_contract
from gpu_core.errors import MienError
from gpu_core.expression import Expression
from gpu_core.settings import FrameRequest, View
from viewer.picture_file import Pixels, finished, write_png, write_whole

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from viewer.performance.preset_file import Preset

SIDE = 192  # pixels: 96 on a screen of twice the usual density
FORM = 1  # to be raised when thumbnails look different for another reason than those in `key_of`
# The part of a picture that shows the head: left, top and side as shares of the picture's side.
HEAD_PART = (0.12, 0.09, 0.76)
MOST_KEPT = 1000  # thumbnails: about 40 MB
log = logging.getLogger(__name__)

Draw = Callable[[Expression], Pixels]  # a whole generated picture, premultiplied


class ThumbnailCache:
    """PNG files by key; the oldest go when there are more than `MOST_KEPT`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("mien") / "thumbnails"

    def get(self, key: str) -> bytes | None:
        """The picture, or None if it is not there or is no PNG."""
        try:
            data = (self.folder / f"{key}.png").read_bytes()
        except OSError:
            return None
        return data if data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82") else None

    def put(self, key: str, data: bytes) -> None:
        """Keep a picture, if the disk lets us."""
        try:
            write_whole(self.folder / f"{key}.png", lambda file: file.write(data))
            self._make_room()
        except (MienError, OSError) as error:
            log.info("a thumbnail is not kept: %s", error)

    def _make_room(self) -> None:
        kept = list(self.folder.glob("*.png"))
        if len(kept) > MOST_KEPT:
            for path in sorted(kept, key=lambda path: path.stat().st_mtime)[: len(kept) - MOST_KEPT]:
                path.unlink(missing_ok=True)


def thumbnails(engine: Engine, presets: Iterable[Preset], cache: ThumbnailCache | None = None) -> dict[str, bytes]:
    """PNG bytes, `SIDE` pixels square with alpha, by the presets' names; drawn where the cache has none.

    On the engine's thread. For many presets, call it with a few at a time: a face takes as long as a frame.
    """
    cache = cache or ThumbnailCache()
    found = {}
    for preset in presets:
        key = key_of(engine, preset.expression)
        data = cache.get(key)
        if data is None:
            data = thumbnail(draw(engine, preset.expression))
            cache.put(key, data)
        found[preset.name] = data
    return found


@dataclass(frozen=True)
class Origin:
    """What a thumbnail depends on besides the expression: the face and its renderer, the generator, its arithmetic."""

    contract: str
    generator: str
    arithmetic: str

    def key(self, expression: Expression) -> str:
        """What a thumbnail depends on, as a hash."""
        parts = (FORM, SIDE, HEAD_PART, self.contract, self.generator, self.arithmetic, expression)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def origin_of(engine: Engine) -> Origin:
    """Where thumbnails come from now. On the engine's thread."""
    generator = engine.generator.sha256 if engine.generator else "render"
    return Origin(picture_contract(engine.face.sha256), generator, engine.path_state.engine)


def key_of(engine: Engine, expression: Expression) -> str:
    """What a thumbnail depends on, as a hash."""
    return origin_of(engine).key(expression)


def draw(engine: Engine, expression: Expression) -> Pixels:
    """The generated picture of a face, premultiplied, top row first. On the engine's thread."""
    frame = engine.render(FrameRequest((expression,), frozenset({View.GENERATED})))
    try:
        return engine.read(frame, View.GENERATED)
    finally:
        engine.recycle(frame)


def thumbnail(picture: Pixels, side: int = SIDE) -> bytes:
    """The head of a whole picture as PNG bytes, `side` pixels square."""
    left, top, part = (round(share * picture.shape[0]) for share in HEAD_PART)
    buffer = io.BytesIO()
    write_png(finished([picture[top : top + part, left : left + part]], side, None), buffer)
    return buffer.getvalue()


def draw_sheet(presets: Sequence[Preset], draw_one: Draw, *, side: int = 256, across: int = 8) -> bytes:
    """All presets on one picture, each with its title and name, as PNG bytes."""
    from PIL import Image, ImageDraw

    line = side + 18
    sheet = Image.new("RGB", (side * across, line * -(-len(presets) // across)), (46, 48, 54))
    pen = ImageDraw.Draw(sheet)
    for place, preset in enumerate(presets):
        x, y = side * (place % across), line * (place // across)
        picture = Image.open(io.BytesIO(thumbnail(draw_one(preset.expression), side)))
        sheet.paste(picture, (x, y), picture)
        pen.text((x + 4, y + side + 3), f"{preset.title}"[: side // 6], (225, 225, 225))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
