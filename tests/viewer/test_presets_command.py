"""`mien presets`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from viewer import presets_command
from viewer.app import main
from viewer.performance.preset_file import Preset
from viewer.performance.presets import PresetLibrary, shipped_presets


def test_presets_are_listed_with_the_users_and_what_could_not_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    PresetLibrary(tmp_path).save("My Smile", NEUTRAL)
    (tmp_path / "bad.json").write_text("")
    assert main(["presets", "--folder", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(shipped_presets()) + 2
    assert lines[0].split() == ["neutral", "rest", "Neutral"]
    assert lines[-2].split() == ["my-smile", "yours", "My", "Smile"]
    assert lines[-1].startswith(f"not read: {tmp_path}/bad.json")


def test_a_sheet_that_cannot_be_written_is_refused_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(presets_command, "_sheet", lambda *_: pytest.fail("it was drawn all the same"))
    with pytest.raises(MienError, match="cannot be written"):
        presets_command.main(["--sheet", str(tmp_path / "file" / "a.png")])


@pytest.mark.gl
def test_the_sheet_shows_them_as_the_generator_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Two(PresetLibrary):
        def __iter__(self) -> Iterator[Preset]:
            yield from shipped_presets()[:2]

    monkeypatch.setattr(presets_command, "PresetLibrary", Two)
    assert main(["presets", "--sheet", str(tmp_path / "sheet.png"), "--folder", str(tmp_path / "none")]) == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (8 * 256, 256 + 18)
