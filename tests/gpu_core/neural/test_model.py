"""Generators and what says how to feed them: signature given, card, metadata, guess; and the one line for the rest."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace

import pytest

from gpu_core.errors import ModelError
from gpu_core.neural.model import SignatureNeeded, load_model, write_card
from tests.networks import PAIR, SIZE, save_network, sha256


def test_a_generator_is_what_its_card_says(tmp_path):
    model = load_model(save_network(tmp_path, contract="abc"))
    assert (model.name, model.contract, model.signature) == ("tiny", "abc", PAIR)
    assert model.trusted
    assert not model.assumed


def signature_with(**changes):
    said = PAIR.to_dict()
    said["inputs"][0].update(changes)
    return said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 1}, "schema 2"),
        ({"sha256": "0" * 64}, "not the network its card describes"),
        ({"signature": None}, "signature is missing"),
        ({"signature": "what"}, "no JSON object"),
        ({"signature": signature_with(order="grb")}, "card of tiny.onnx: input 'pair': order is 'grb'"),
        ({"precision": "fp8"}, "precision 'fp8'"),
        ({"contract": ["x"]}, "contract of tiny.onnx"),
    ],
)
def test_a_card_that_does_not_fit_gives_one_line(tmp_path, changes, words):
    path = save_network(tmp_path, **changes)
    with pytest.raises(ModelError, match=words) as caught:
        load_model(path)
    assert "\n" not in str(caught.value)


def test_a_card_that_is_garbage_gives_one_line(tmp_path):
    path = save_network(tmp_path)
    for content in ("{", "[]", "null", "[" * 100_000, "\x00"):
        path.with_suffix(".json").write_text(content)
        with pytest.raises(ModelError, match="card"):
            load_model(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "pears"}, "has no input 'pears'; there is 'pair'"),
        ({"pictures": ["render"]}, "6 channels in NCHW, not 3"),
        ({"layout": "NHWC"}, "64 channels in NHWC, not 6"),
        ({"dtype": "float16"}, "float32, not float16"),
        ({"width": 128}, "not 128x64 pixels"),
    ],
)
def test_a_card_without_a_hash_is_held_against_the_file(tmp_path, changes, words):
    path = save_network(tmp_path, sha256=None, signature=signature_with(**changes))
    with pytest.raises(ModelError, match=words):
        load_model(path)


def test_a_given_signature_goes_before_the_card(tmp_path):
    said = replace(PAIR, inputs=(replace(PAIR.inputs[0], pictures=("render", "normal")),))
    model = load_model(save_network(tmp_path), said)
    assert model.signature == said
    assert not model.trusted


def test_without_card_or_metadata_an_unambiguous_network_is_guessed_and_says_so(tmp_path):
    path = save_network(tmp_path)
    path.with_suffix(".json").unlink()
    model = load_model(path)
    assert model.signature == PAIR
    assert model.assumed == f"tiny.onnx has no card: taken as texture + render, RGB 0..1, NCHW, {SIZE}x{SIZE}"
    assert model.contract == ""


def test_a_written_card_is_read_again(tmp_path):
    path = save_network(tmp_path)
    said = replace(PAIR, inputs=(replace(PAIR.inputs[0], pictures=("normal", "render")),))
    write_card(load_model(path, said))
    again = load_model(path)
    assert again.signature == said
    assert again.trusted


def test_a_card_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = save_network(tmp_path)
    model, before = load_model(path), path.with_suffix(".json").read_bytes()

    def disk_full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", disk_full)
        with pytest.raises(ModelError, match="cannot be written: No space left"):
            write_card(model)
    assert path.with_suffix(".json").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tiny.json", "tiny.onnx"]
    write_card(model)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tiny.json", "tiny.onnx"]


def test_a_variant_is_found_by_its_card_alone(tmp_path):
    model = load_model(save_network(tmp_path))
    assert model.variant("int8") is None
    assert model.variant("fp32") is model
    save_network(tmp_path, "tiny.int8", precision="int8", made_from="0" * 64)
    assert model.variant("int8") is None, "made from another network"
    path = save_network(tmp_path, "tiny.int8", precision="int8", made_from=sha256(model.path))
    assert model.variant("int8").path == path
    assert model.variant("int8").precision == "int8"
    path.write_bytes(b"damaged")
    assert model.variant("int8") is None


def test_a_card_survives_json_round_trips(tmp_path):
    path = save_network(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    assert load_model(path).card == card


def test_needing_a_signature_is_a_model_error():
    assert issubclass(SignatureNeeded, ModelError)
