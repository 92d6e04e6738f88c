"""Small pictures of presets: drawn once, kept by what they depend on, never a reason to fail."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_core.engine import Engine, open_engine
from gpu_core.expression import NEUTRAL
from gpu_core.gl.context import headless_context
from gpu_core.settings import EngineSettings
from viewer.performance.presets import shipped_presets
from viewer.shelf import thumbnails as preset_thumbnails
from viewer.shelf.thumbnails import SIDE, ThumbnailCache, draw_sheet, key_of, thumbnail, thumbnails

PICTURE = np.full((512, 512, 4), 200, np.uint8)


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def test_the_cache_gives_back_what_it_got_and_nothing_else(tmp_path: Path) -> None:
    cache, data = ThumbnailCache(tmp_path / "thumbs"), thumbnail(PICTURE)
    assert cache.get("a") is None
    cache.put("a", data)
    assert cache.get("a") == data
    (cache.folder / "a.png").write_bytes(data[:-5])  # cut off
    assert cache.get("a") is None


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preset_thumbnails, "MOST_KEPT", 2)
    cache = ThumbnailCache(tmp_path)
    for age, key in enumerate("abc"):
        cache.put(key, thumbnail(PICTURE))
        os.utime(tmp_path / f"{key}.png", (age, age))
    cache.put("d", thumbnail(PICTURE))
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["c", "d"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ThumbnailCache(tmp_path / "file")
    cache.put("a", thumbnail(PICTURE))
    assert cache.get("a") is None


def test_a_sheet_has_every_preset() -> None:
    assert size(draw_sheet(shipped_presets()[:5], lambda _: PICTURE, side=64, across=3)) == (192, 2 * 82)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with headless_context(), open_engine(None, None, EngineSettings(depth=1, precision="fp32")) as opened:
        yield opened


@pytest.mark.gl
def test_thumbnails_are_drawn_once(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [preset for preset in shipped_presets() if preset.name in ("neutral", "viseme-aa")]
    cache = ThumbnailCache(tmp_path)
    found = thumbnails(engine, chosen, cache)
    assert list(found) == ["neutral", "viseme-aa"]
    assert {size(data) for data in found.values()} == {(SIDE, SIDE)}
    rest, open_ = (np.asarray(Image.open(io.BytesIO(found[name])), np.float64) for name in found)
    moved = np.abs(rest - open_)
    assert moved[110:160, 70:120].mean() > 5 * moved[:50].mean()  # the mouth, not the hair
    monkeypatch.setattr(preset_thumbnails, "draw", lambda *_: pytest.fail("it was drawn again"))
    assert thumbnails(engine, chosen, ThumbnailCache(tmp_path)) == found
    assert key_of(engine, NEUTRAL) != key_of(engine, NEUTRAL.with_head(yaw=1))


@pytest.mark.gl
def test_a_face_without_a_generator_is_shown_as_it_is_drawn(engine: Engine, tmp_path: Path) -> None:
    with Engine(engine.face, None, EngineSettings(depth=1)) as plain:
        rest = shipped_presets()[:1]
        drawn = thumbnails(plain, rest, ThumbnailCache(tmp_path))["neutral"]
        assert key_of(plain, NEUTRAL) != key_of(engine, NEUTRAL)
    assert drawn != thumbnails(engine, rest, ThumbnailCache(tmp_path))["neutral"]
    assert np.asarray(Image.open(io.BytesIO(drawn)))[96, 96, 3] == 255
