"""The lamp: on where fewer than three pictures went, and never because a card is odd."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpu_core.assets import resource
from gpu_core.expression import NEUTRAL
from gpu_core.neural.model import read_card
from viewer.performance.trained_range import UNKNOWN, TrainedRange, trained_range

FACES = [
    NEUTRAL.with_weights({"jawOpen": jaw}).with_head(yaw=yaw) for jaw, yaw in ((1, 30), (0.9, -20), (0.6, 9), (0.2, 5))
]


def test_three_pictures_make_a_range() -> None:
    found = TrainedRange.of(FACES)
    assert found.outside(NEUTRAL.with_weights({"jawOpen": 0.6}).with_head(yaw=5)) == frozenset()
    assert found.outside(NEUTRAL.with_weights({"jawOpen": 0.7, "tongueOut": 0.1}).with_head(yaw=-25)) == {
        "jawOpen", "tongueOut", "yaw"}  # fmt: skip
    assert found.head == ((0, 5), (0, 0), (0, 0))
    with pytest.raises(ValueError, match="no training"):
        TrainedRange.of(FACES[:2])


def test_a_card_keeps_it() -> None:
    found = TrainedRange.of(FACES * 3)
    card = json.loads(json.dumps({"training": {"reach": found.to_dict()}}))
    assert trained_range(card) == found


@pytest.mark.parametrize("card", [None, {}, {"training": 3}, {"training": {"reach": {}}},
                                  {"training": {"reach": {"weights": {}, "head": {}}}}])  # fmt: skip
def test_without_a_card_the_faces_limits_hold(card: dict[str, object] | None) -> None:
    found = trained_range(card)
    assert found is UNKNOWN
    assert not found.is_known
    assert found.outside(NEUTRAL.with_weights({"tongueOut": 1.0}).with_head(yaw=32)) == frozenset()
    assert found.outside(NEUTRAL.with_weights({"tongueOut": 1.2}).with_head(roll=11)) == {"tongueOut", "roll"}


def test_broken_figures_are_no_range() -> None:
    card = {"training": {"reach": TrainedRange.of(FACES).to_dict()}}
    for value in (None, "1", True, float("nan")):
        card["training"]["reach"]["weights"]["jawOpen"] = value
        assert trained_range(card) is UNKNOWN


def test_the_shipped_cards_say_it() -> None:
    reach = {
        name: trained_range(read_card(resource("models", f"{name}.onnx"))) for name in ("swift", "swift.int8", "fine")
    }
    assert all(found.is_known for found in reach.values())
    assert reach["swift"] == reach["swift.int8"]
    tongue = NEUTRAL.with_weights({"tongueOut": 0.5})
    assert (reach["fine"].outside(tongue), reach["swift"].outside(tongue)) == ({"tongueOut"}, frozenset())
    assert Path(resource("models", "README.md")).read_text(encoding="utf-8").count("training.reach") == 1
