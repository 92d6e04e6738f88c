"""viewer.shelf.shelf: what can be done with presets, away from the GUI thread, and how it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.performance.preset_file import Preset, read_presets, write_presets
from viewer.performance.presets import Imported, PresetLibrary, shipped_presets
from viewer.shelf.shelf import Note, PresetShelf, import_text

pytestmark = pytest.mark.display
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.1 + 0.2}).with_head(yaw=1 / 3)


class Told:
    """What a shelf has said."""

    def __init__(self, shelf: PresetShelf) -> None:
        self.notes: list[Note] = []
        self.saved: list[Preset] = []
        shelf.noted.connect(self.notes.append)
        shelf.saved.connect(self.saved.append)


@pytest.fixture
def shelf(qtbot: QtBot, tmp_path: Path) -> Iterator[PresetShelf]:
    shelf = PresetShelf(tmp_path / "mine 表情")
    yield shelf
    shelf.close()


@pytest.fixture
def told(shelf: PresetShelf) -> Told:
    return Told(shelf)


def saved(shelf: PresetShelf, told: Told, qtbot: QtBot, title: str = "Grin") -> Preset:
    count = len(told.saved)
    shelf.save(title, SMILE)
    qtbot.waitUntil(lambda: len(told.saved) > count)
    return told.saved[-1]


def note(told: Told, qtbot: QtBot, count: int = 1) -> Note:
    qtbot.waitUntil(lambda: len(told.notes) >= count)
    return told.notes[count - 1]


def test_the_disk_is_read_beside_the_window_and_once(
    shelf: PresetShelf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    reload = PresetLibrary.reload
    monkeypatch.setattr(
        PresetLibrary, "reload", lambda self: (threads.append(threading.current_thread()), reload(self))[1]
    )
    with qtbot.waitSignal(shelf.changed):
        shelf.load()
        assert shelf.presets == ()
    shelf.load()
    shelf.close()
    assert shelf.presets == shipped_presets()
    assert shelf.own == frozenset()
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_a_face_is_saved_renamed_deleted_and_brought_back(shelf: PresetShelf, told: Told, qtbot: QtBot) -> None:
    assert saved(shelf, told, qtbot).expression == SMILE
    assert shelf.own == {"grin"}
    shelf.rename("grin", "Smile of mine")
    qtbot.waitUntil(lambda: shelf.own == {"smile-of-mine"})
    shelf.delete(["smile-of-mine"])
    deleted = note(told, qtbot)
    assert (deleted.text, deleted.offer) == ("“Smile of mine” deleted", "Undo")
    assert shelf.own == frozenset()
    assert deleted.then is not None
    deleted.then()
    qtbot.waitUntil(lambda: shelf.own == {"smile-of-mine"})
    assert PresetLibrary(shelf.folder)["smile-of-mine"].expression == SMILE


def test_nothing_is_replaced_without_being_asked(shelf: PresetShelf, told: Told, qtbot: QtBot) -> None:
    saved(shelf, told, qtbot)
    shelf.save("grin", NEUTRAL)
    question = note(told, qtbot)
    assert (question.level, question.offer) == ("warning", "Replace it")
    assert PresetLibrary(shelf.folder)["grin"].expression == SMILE
    assert question.then is not None
    question.then()
    qtbot.waitUntil(lambda: len(told.saved) == 2)
    assert PresetLibrary(shelf.folder)["grin"].expression == NEUTRAL


def test_what_comes_with_mien_stays(shelf: PresetShelf, told: Told, qtbot: QtBot) -> None:
    shelf.save("Joy", SMILE)
    assert "comes with Mien" in note(told, qtbot).text
    shelf.delete(["joy"])
    assert "comes with Mien" in note(told, qtbot, 2).text
    assert "\n" not in told.notes[1].text


def test_export_and_import_give_the_same_faces_to_the_last_bit(
    shelf: PresetShelf, told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    saved(shelf, told, qtbot)
    file = tmp_path / "für dich.json"
    shelf.export(["grin", "joy"], file)
    assert note(told, qtbot).text == "2 presets written to für dich.json"
    assert next(iter(read_presets(file))).expression == SMILE
    shelf.delete(["grin"])
    shelf.import_files([file])
    assert note(told, qtbot, 3).text == "“Grin” imported; 1 preset here already"
    assert {preset.name: preset for preset in shelf.presets}["grin"].expression == SMILE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"mien": "presets", "schema": 9, "presets": []}', "newer Mien"),
        (b'{"mien": "presets", "schema": 1, "presets": [{"name": "a", "title": "A", "group": "b", "weights"', "JSON"),
        (b"PK\x03\x04" + b"\0" * 100, "JSON"),
        (b'{"mien": "timeline", "schema": 1}', "presets"),
        (b'{"mien": "presets", "schema": 1, "presets": [{"name": "a", "title": "A", "group": "b", '
         b'"weights": {"jawOpen": NaN}}]}', "NaN"),
        (b"[" * 100_000, "JSON"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line_and_changes_nothing(
    shelf: PresetShelf, told: Told, qtbot: QtBot, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    shelf.import_files([file])
    refusal = note(told, qtbot)
    assert refusal.level == "error"
    assert says in refusal.text
    assert refusal.text.startswith("bad.json")
    assert "\n" not in refusal.text
    assert shelf.own == frozenset()


def test_a_huge_file_is_not_read(shelf: PresetShelf, told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as sparse:
        sparse.truncate(2_000_000_000)
    shelf.import_files([file])
    assert "at most 40 MB" in note(told, qtbot).text


def test_a_folder_that_cannot_be_written_to_is_told(told: Told, shelf: PresetShelf, qtbot: QtBot) -> None:
    assert shelf.folder is not None
    shelf.folder.write_text("a file where the folder should be")
    shelf.save("Grin", SMILE)
    refusal = note(told, qtbot, 2)  # the first tells that nothing could be read there
    assert refusal.level == "error"
    assert "\n" not in refusal.text
    assert shelf.own == frozenset()


def test_a_file_that_is_no_preset_is_told_once_and_left_alone(shelf: PresetShelf, told: Told, qtbot: QtBot) -> None:
    assert shelf.folder is not None
    write_presets([Preset("other", "Other", "yours", SMILE)], shelf.folder / "grin.json")
    shelf.load()
    assert "grin.json" in note(told, qtbot).text
    saved(shelf, told, qtbot, "Mine")
    assert len(told.notes) == 1
    assert (shelf.folder / "grin.json").is_file()


def test_other_names_are_told() -> None:
    kept = tuple(Preset(f"p{n}", f"P{n}", "yours", SMILE) for n in range(2))
    assert import_text(Imported(kept[:1], (("P", "P 2"),))) == "“P0” imported; “P” is “P 2” here"
    several = Imported(kept, (("P", "P 2"), ("Q", "Q 2")))
    assert import_text(several) == "2 presets imported; 2 of them under other names"
    assert import_text(Imported((), (), kept)) == "Nothing new; 2 presets here already"


def test_after_the_end_nothing_happens(shelf: PresetShelf, told: Told) -> None:
    shelf.close()
    shelf.save("Grin", SMILE)
    assert told.saved == []
