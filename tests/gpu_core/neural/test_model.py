"""Generators and their cards: what loads, and the one line for what does not."""

from __future__ import annotations

import json

import pytest

from gpu_core.errors import ModelError
from gpu_core.neural.model import load_model
from tests.networks import SIZE, save_network


def test_a_generator_is_what_its_card_says(tmp_path):
    model = load_model(save_network(tmp_path, contract="abc"))
    assert (model.name, model.size, model.contract) == ("tiny", SIZE, "abc")
    assert model.input.order == "rgb"


NCHW = {"layout": "NCHW", "order": "rgb", "mean": 0.0, "std": 1.0}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 9}, "schema 1"),
        ({"size": 100}, "multiple of 16"),
        ({"size": "big"}, "multiple of 16"),
        ({"sha256": "0" * 64}, "not the network its card describes"),
        ({"input": {"channels": 6}}, "incomplete"),
        ({"input": NCHW | {"channels": 3}}, "NCHW with 6 channels"),
        ({"input": NCHW | {"channels": 6, "layout": "NHWC"}}, "NCHW with 6 channels"),
        ({"output": NCHW | {"channels": 4, "order": "grb"}}, "order 'grb'"),
        ({"input": NCHW | {"channels": 6, "std": 0.0}}, "std 0.0"),
        ({"input": NCHW | {"channels": 6, "mean": float("nan")}}, "mean nan"),
        ({"input": "what"}, "incomplete"),
    ],
)
def test_a_card_that_does_not_fit_gives_one_line(tmp_path, changes, words):
    path = save_network(tmp_path, **changes)
    with pytest.raises(ModelError, match=words) as caught:
        load_model(path)
    assert "\n" not in str(caught.value)


def test_a_card_that_is_missing_or_garbage_gives_one_line(tmp_path):
    path = save_network(tmp_path)
    card = path.with_suffix(".json")
    for content in ("{", "[]", "null"):
        card.write_text(content)
        with pytest.raises(ModelError, match="card"):
            load_model(path)
    card.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(path)


def test_a_file_that_is_no_network_gives_one_line(tmp_path):
    with pytest.raises(ModelError, match="cannot read the generator"):
        load_model(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="is no generator"):
        load_model(tmp_path / "face.glb")


def test_a_card_survives_json_round_trips(tmp_path):
    path = save_network(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert load_model(path).card == card
