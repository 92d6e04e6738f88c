"""viewer.farm.finished: a video is finished if it is the very file that was made of the very same thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.farm.finished import NOTES_NAME, FinishedVideos

ABOUT = {"take": "a", "fps": 25.0}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"video")
    FinishedVideos(tmp_path, overwrite=False).note(path, ABOUT)
    return path


def notes(out: Path) -> FinishedVideos:
    return FinishedVideos(out.parent, overwrite=False)


def test_what_was_noted_is_known_to_the_next_run(out: Path) -> None:
    assert notes(out).has(out, dict(reversed(ABOUT.items())))
    assert not notes(out).has(out, ABOUT | {"take": "b"})
    assert not notes(out).has(out.with_name("b.mp4"), ABOUT)


def test_a_file_that_was_changed_or_is_gone_is_not_finished(out: Path) -> None:
    out.write_bytes(b"other")
    assert not notes(out).has(out, ABOUT)
    out.unlink()
    assert not notes(out).has(out, ABOUT)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"a.mp4": 7}', b"\xff"])
def test_broken_notes_are_no_notes(out: Path, text: bytes) -> None:
    (out.parent / NOTES_NAME).write_bytes(text)
    assert not notes(out).has(out, ABOUT)
    notes(out).note(out, ABOUT)
    assert notes(out).has(out, ABOUT)


def test_a_strangers_file_is_refused_unless_it_may_go(out: Path) -> None:
    with pytest.raises(MienError, match="is there already"):
        notes(out).refuse_other(out)
    FinishedVideos(out.parent, overwrite=True).refuse_other(out)
    notes(out).refuse_other(out.with_name("b.mp4"))


def test_a_note_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("viewer.farm.finished.write_bytes", full)
    (tmp_path / "a.mp4").touch()
    with pytest.raises(MienError, match="No space left"):
        FinishedVideos(tmp_path, overwrite=False).note(tmp_path / "a.mp4", ABOUT)
