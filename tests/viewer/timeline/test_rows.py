"""viewer.timeline.rows: every track is in one group; what has keys is shown, folded, found."""

from __future__ import annotations

from viewer.performance.keyframes import TRACK_NAMES
from viewer.timeline.rows import GROUPS, rows_of, title, unit


def test_every_track_is_in_one_group_and_has_a_name() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(TRACK_NAMES)
    assert len({title(name) for name in names}) == len(names)
    assert [unit(name) for name in ("yaw", "gaze_pitch", "jawOpen")] == ["°", "°", ""]


def test_only_tracks_with_keys_are_shown_unless_all_are_asked_for() -> None:
    rows = rows_of({"jawOpen", "yaw"})
    assert [row.title for row in rows] == ["Head", "Turn", "Jaw", "Open jaw"]
    assert [row.track for row in rows] == ["", "yaw", "", "jawOpen"]
    assert len(rows_of((), shows_all=True)) == len(GROUPS) + len(TRACK_NAMES)
    assert rows_of(()) == ()


def test_a_folded_group_keeps_its_tracks_for_its_summary() -> None:
    (head, jaw, _) = rows_of({"jawOpen", "yaw", "roll"}, folded={"Head"})
    assert (head.tracks, head.is_open, jaw.is_open) == (("yaw", "roll"), False, True)


def test_a_search_finds_tracks_without_keys_and_opens_groups() -> None:
    found = [row.track for row in rows_of((), folded={"Mouth"}, search="Smile left") if row.track]
    assert found == ["mouthSmileLeft"]
    assert [row.title for row in rows_of((), search="head")] == ["Head", "Turn", "Nod", "Tilt"]
    assert rows_of({"yaw"}, search="nothing of the kind") == ()
