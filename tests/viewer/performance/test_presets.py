"""The library: what ships is known to the generator, what is the user's is never lost halfway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.assets import resource
from gpu_core.expression import NEUTRAL
from gpu_core.neural.model import read_card
from viewer.performance import presets as module
from viewer.performance.preset_file import (
    Preset,
    PresetError,
    checked_title,
    name_of,
    read_presets,
    write_presets,
)
from viewer.performance.presets import GROUPS, PresetLibrary, beside, blend, shipped_presets
from viewer.performance.trained_range import trained_range

SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.5, "mouthSmileRight": 0.4})


@pytest.fixture
def library(tmp_path: Path) -> PresetLibrary:
    return PresetLibrary(tmp_path / "my 表情")


def names(library: PresetLibrary) -> list[str]:
    return [preset.name for preset in library if library.is_own(preset.name)]


def test_what_ships_is_what_people_expect() -> None:
    found = {preset.name: preset for preset in shipped_presets()}
    assert len(found) == len(shipped_presets()) >= 24
    assert found["neutral"].expression == NEUTRAL
    for emotion in ("joy", "sadness", "anger", "fear", "disgust", "surprise"):
        gentle, strong = found[f"{emotion}-gentle"].expression, found[emotion].expression
        assert 0 < sum(gentle.weights) < sum(strong.weights)
    visemes = ["sil", "pp", "ff", "th", "dd", "kk", "ch", "ss", "nn", "rr", "aa", "e", "ih", "oh", "ou"]
    assert [name for name in found if name.startswith("viseme-")] == [f"viseme-{viseme}" for viseme in visemes]
    assert {preset.group for preset in found.values()} == set(GROUPS)
    assert len({preset.title for preset in found.values()}) == len(found)


def test_lips_touch_on_p_b_m_and_teeth_on_f() -> None:
    found = {preset.name: preset.expression for preset in shipped_presets()}
    for name in ("viseme-pp", "sound-pressed"):
        assert found[name]["jawOpen"] == 0
        assert min(found[name]["mouthRollLower"], found[name]["mouthRollUpper"]) > 0.3
    assert found["viseme-ff"]["mouthRollLower"] > found["viseme-ff"]["mouthRollUpper"]


@pytest.mark.parametrize("model", ["swift", "fine"])
def test_the_generators_were_trained_for_them(model: str) -> None:
    reach = trained_range(read_card(resource("models", f"{model}.onnx")))
    assert reach.is_known
    outside = {preset.name for preset in shipped_presets() if reach.outside(preset.expression)}
    # The network for GPUs saw a tongue in one picture only.
    assert outside == (set() if model == "swift" else {"viseme-th", "sound-tongue"})


def test_sources_are_told() -> None:
    for group in set(GROUPS) - {"rest"}:
        assert "sources" in json.loads(resource("presets", f"{group}.json").read_text(encoding="utf-8"))


def test_blend() -> None:
    joy = next(preset for preset in shipped_presets() if preset.name == "joy")
    rest = shipped_presets()[0]
    assert blend(rest, joy, 0.5)["mouthSmileLeft"] == joy.expression["mouthSmileLeft"] / 2
    assert blend(rest, joy, 7) == joy.expression


def test_save_rename_delete_survive_a_restart(library: PresetLibrary) -> None:
    saved = library.save(" My Smile ", SMILE)
    assert (saved.name, saved.title, library["my-smile"]) == ("my-smile", "My Smile", saved)
    assert PresetLibrary(library.folder)["my-smile"] == saved
    library.rename("my-smile", "微笑")
    assert names(PresetLibrary(library.folder)) == ["微笑"]
    library.rename("微笑", "微笑!")  # the same name under another title
    assert PresetLibrary(library.folder)["微笑"].title == "微笑!"
    library.delete("微笑")
    assert names(PresetLibrary(library.folder)) == []
    assert list(library.folder.iterdir()) == []


def test_values_are_brought_within_limits(library: PresetLibrary) -> None:
    assert library.save("Wide", NEUTRAL.with_weights({"jawOpen": 3})).expression["jawOpen"] == 1


def test_clashes_are_one_line_and_change_nothing(library: PresetLibrary) -> None:
    library.save("Mine", SMILE)
    for act, why in (
        (lambda: library.save("mine", NEUTRAL), "there is a preset 'Mine' already"),
        (lambda: library.save("Joy", NEUTRAL, replacing=True), "comes with Mien"),
        (lambda: library.rename("mine", "Joy"), "comes with Mien"),
        (lambda: library.rename("joy", "Glee"), "cannot be renamed"),
        (lambda: library.delete("joy"), "cannot be deleted"),
        (lambda: library["jyo"], "did you mean joy"),
        (lambda: library.save("!?", NEUTRAL), "cannot be a preset's name"),
        (lambda: library.export_presets([], library.folder / "x.json"), "no preset was chosen"),
    ):
        with pytest.raises(PresetError, match=why):
            act()
    assert [preset.expression for preset in PresetLibrary(library.folder) if preset.name == "mine"] == [SMILE]
    assert library.save("mine", NEUTRAL, replacing=True).expression == NEUTRAL


def test_export_and_import(library: PresetLibrary, tmp_path: Path) -> None:
    for title in ("A", "B"):
        library.save(title, SMILE)
    library.export_presets(["b", "a"], tmp_path / "both.json")
    other = PresetLibrary(tmp_path / "other")
    assert [preset.name for preset in other.import_presets(tmp_path / "both.json")] == ["b", "a"]
    assert names(PresetLibrary(other.folder)) == ["a", "b"]
    with pytest.raises(PresetError, match="already"):
        other.import_presets(tmp_path / "both.json")
    other.import_presets(tmp_path / "both.json", replacing=True)


def test_an_import_is_whole_or_nothing(
    library: PresetLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for title in ("A", "B", "C"):
        library.save(title, SMILE)
    library.export_presets(["a", "b", "c"], tmp_path / "all.json")
    other = PresetLibrary(tmp_path / "other")
    kept = other.save("A", NEUTRAL)

    def full(some: list[object], path: Path) -> None:
        if path.name == "c.json":
            raise PresetError("disk full")
        write_presets(some, path)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write_presets", full)
    with pytest.raises(PresetError, match="disk full"):
        other.import_presets(tmp_path / "all.json", replacing=True)
    assert names(other) == names(PresetLibrary(other.folder)) == ["a"]
    assert PresetLibrary(other.folder)["a"] == kept


def test_strange_files_in_the_folder_are_told_and_left_alone(library: PresetLibrary) -> None:
    library.save("Fine", SMILE)
    for name, text in (("bad.json", "{"), ("joy.json", (library.folder / "fine.json").read_text()), ("note.txt", "")):
        (library.folder / name).write_text(text)
    again = PresetLibrary(library.folder)
    assert names(again) == ["fine"]
    assert [Path(problem.partition(":")[0]).name for problem in again.problems] == ["bad.json", "joy.json"]
    assert len(list(library.folder.iterdir())) == 4


def test_a_folder_that_cannot_be_read_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    library = PresetLibrary(tmp_path / "file")
    assert len(library.problems) == 1
    with pytest.raises(PresetError, match="cannot be written"):
        library.save("Mine", SMILE)
    assert "mine" not in library


def test_an_import_beside_gives_numbers_to_taken_names_and_keeps_nothing_twice(library: PresetLibrary) -> None:
    library.save("Grin", SMILE)
    library.save("Grin 2", NEUTRAL)
    other = Preset("grin", "Grin", "yours", NEUTRAL.with_weights({"jawOpen": 0.1 + 0.2}))
    shipped = Preset("joy", "Joy", "emotions", SMILE)
    known = Preset("grin-2", "Grin 2", "yours", NEUTRAL)
    write_presets([other, known, shipped], library.folder / "all of mine.JSON")
    found = library.import_beside(library.folder / "all of mine.JSON")
    assert found.renamed == (("Grin", "Grin 3"), ("Joy", "Joy 2"))
    assert [preset.name for preset in found.known] == ["grin-2"]
    again = PresetLibrary(library.folder)
    assert again["grin-3"].expression == other.expression
    assert again["joy-2"].expression == again["grin"].expression == SMILE
    again_found = library.import_beside(library.folder / "all of mine.JSON")
    assert not again_found.kept
    assert [preset.name for preset in again_found.known] == ["grin-3", "grin-2", "joy-2"]


def test_an_import_beside_that_fails_keeps_nothing(library: PresetLibrary, tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    write_presets([Preset(f"p{n}", f"P{n}", "yours", SMILE) for n in range(3)], file)
    (library.folder / "p2.json").mkdir(parents=True)  # the third cannot be written
    with pytest.raises(PresetError):
        library.import_beside(file)
    assert names(library) == []
    assert sorted(path.name for path in library.folder.iterdir()) == ["p2.json"]


@given(st.text("ab-", min_size=1, max_size=80), st.text("ab ", min_size=1, max_size=60))
def test_a_free_name_is_one(stem: str, title: str) -> None:
    name, title = f"a{stem}"[:80], f"t{title}"[:60].strip()
    there = Preset(name, title, "yours", NEUTRAL)
    free = beside(Preset(name, title, "yours", SMILE), {name: there})
    assert free.name != name
    assert name_of(free.name)
    assert checked_title(free.title) == free.title != title


def test_what_was_deleted_can_be_restored(library: PresetLibrary) -> None:
    saved = library.save("Grin", SMILE)
    library.delete("grin")
    library.restore([saved])
    assert PresetLibrary(library.folder)["grin"] == saved
    with pytest.raises(PresetError, match="already"):
        library.restore([saved])


def test_sources_go_with_the_presets(library: PresetLibrary, tmp_path: Path) -> None:
    assert "Ekman" in library["joy"].source
    library.export_presets(["joy"], tmp_path / "joy.json")
    assert read_presets(tmp_path / "joy.json") == (library["joy"],)
