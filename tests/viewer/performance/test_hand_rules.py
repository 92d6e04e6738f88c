"""viewer.performance.hand_rules: what a hand cannot move, and what moves along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from tests.viewer.performance.expressions import faces
from viewer.performance.hand_rules import FREE, HandRules, Link

names = st.sampled_from(ARKIT_SHAPES)


def moved(rules: HandRules, before: Expression, changes: dict[str, float]) -> Expression:
    wanted = before.with_weights(changes)
    return rules.obeyed(wanted, frozenset(changes), before=before, start=before)[0]


@given(faces, faces, st.sets(names), st.sets(names, min_size=2), st.sets(names), st.booleans(), st.booleans())
def test_locks_hold_whatever_happens_and_all_stays_within_limits(
    before: Expression, wanted: Expression, locked: set[str], linked: set[str], touched: set[str],
    mirrors: bool, proportional: bool,
) -> None:  # fmt: skip
    link = Link.of(linked, before, is_proportional=proportional)
    rules = HandRules(frozenset(locked) | {"yaw"}, (link,), mirrors)
    face, moves = rules.obeyed(wanted, touched, before=before, start=before)
    assert all(face[name] == before[name] for name in locked)
    assert face.yaw == before.yaw
    assert face.clamped()[0] == face
    assert not moves & locked
    untouched = set(ARKIT_SHAPES) - moves - locked
    assert all(face[name] == wanted[name] for name in untouched)


def test_without_rules_everything_is_as_wanted() -> None:
    wanted = NEUTRAL.with_weights({"jawOpen": 0.5})
    assert FREE.obeyed(wanted, {"jawOpen"}, before=NEUTRAL, start=NEUTRAL) == (wanted, {"jawOpen"})


def test_the_live_mirror_moves_the_other_side_and_tells() -> None:
    wanted = NEUTRAL.with_weights({"mouthSmileLeft": 0.5})
    face, touched = HandRules(mirrors=True).obeyed(wanted, {"mouthSmileLeft"}, before=NEUTRAL, start=NEUTRAL)
    assert face["mouthSmileRight"] == 0.5
    assert touched == {"mouthSmileLeft", "mouthSmileRight"}


def test_the_live_mirror_leaves_both_sides_of_a_hand_that_moves_both() -> None:
    face = moved(HandRules(mirrors=True), NEUTRAL, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 0.2})
    assert (face["eyeBlinkLeft"], face["eyeBlinkRight"]) == (1.0, 0.2)


def test_the_live_mirror_leaves_a_whole_face_alone() -> None:
    wink = NEUTRAL.with_weights({"eyeBlinkLeft": 1.0})
    assert HandRules(mirrors=True).obeyed(wink, (), before=NEUTRAL, start=NEUTRAL)[0] == wink


def test_mirrored_eyes_look_the_same_way() -> None:
    assert moved(HandRules(mirrors=True), NEUTRAL, {"eyeLookInLeft": 0.6})["eyeLookOutRight"] == 0.6


def test_a_link_moves_all_by_the_same_amount() -> None:
    before = NEUTRAL.with_weights({"jawOpen": 0.2, "mouthFunnel": 0.5})
    rules = HandRules(links=(Link.of(["jawOpen", "mouthFunnel"], before),))
    face = moved(rules, before, {"jawOpen": 0.5})
    assert face["mouthFunnel"] == pytest.approx(0.8)


def test_what_meets_its_limit_on_the_way_comes_back() -> None:
    start = NEUTRAL.with_weights({"jawOpen": 0.2, "mouthFunnel": 0.9})
    rules = HandRules(links=(Link.of(["jawOpen", "mouthFunnel"], start),))
    up, _ = rules.obeyed(start.with_weights({"jawOpen": 0.8}), {"jawOpen"}, before=start, start=start)
    assert up["mouthFunnel"] == 1.0
    back, _ = rules.obeyed(up.with_weights({"jawOpen": 0.2}), {"jawOpen"}, before=up, start=start)
    assert back == start


def test_a_link_in_proportion_keeps_it_through_zero() -> None:
    before = NEUTRAL.with_weights({"jawOpen": 0.4, "mouthFunnel": 0.2})
    rules = HandRules(links=(Link.of(["jawOpen", "mouthFunnel"], before, is_proportional=True),))
    rest = moved(rules, before, {"jawOpen": 0.0})
    assert rest["mouthFunnel"] == 0.0
    assert moved(rules, rest, {"jawOpen": 0.8})["mouthFunnel"] == pytest.approx(0.4)
    assert moved(rules, rest, {"mouthFunnel": 0.3})["jawOpen"] == pytest.approx(0.6)


def test_what_rested_when_linked_in_proportion_leads_nobody_and_all_resting_go_alike() -> None:
    before = NEUTRAL.with_weights({"jawOpen": 0.4})
    rules = HandRules(links=(Link.of(["jawOpen", "mouthFunnel"], before, is_proportional=True),))
    assert moved(rules, before, {"mouthFunnel": 0.5})["jawOpen"] == 0.4
    alike = HandRules(links=(Link.of(["jawOpen", "mouthFunnel"], NEUTRAL, is_proportional=True),))
    assert moved(alike, NEUTRAL, {"mouthFunnel": 0.5})["jawOpen"] == 0.5


def test_a_mirror_carries_links_to_the_other_side() -> None:
    rules = HandRules(links=(Link.of(["mouthSmileRight", "cheekSquintRight"], NEUTRAL),), mirrors=True)
    face = moved(rules, NEUTRAL, {"mouthSmileLeft": 0.5})
    assert [face[name] for name in ("mouthSmileRight", "cheekSquintRight", "cheekSquintLeft")] == [0.5, 0.5, 0.5]


def test_a_locked_shape_leads_nobody() -> None:
    rules = HandRules(frozenset({"jawOpen"}), (Link.of(["jawOpen", "mouthFunnel"], NEUTRAL),), mirrors=True)
    assert moved(rules, NEUTRAL, {"jawOpen": 0.5}) == NEUTRAL
