"""Signatures: what they may say, and the one line for what they may not."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import ModelError
from gpu_core.neural.signature import CHANNELS, DTYPES, LAYOUTS, ORDERS, InputTensor, OutputTensor, Signature

numbers = st.floats(0.1, 2.0, allow_nan=False) | st.integers(1, 3)
vectors = st.tuples(numbers) | st.tuples(numbers, numbers, numbers)
form = {
    "order": st.sampled_from(ORDERS),
    "layout": st.sampled_from(LAYOUTS),
    "dtype": st.sampled_from(("float32", "float16")),
    "mean": vectors,
    "std": vectors,
    "width": st.integers(16, 4096),
    "height": st.integers(16, 4096),
}
pictures = st.lists(st.sampled_from(list(CHANNELS)), min_size=1, unique=True).map(tuple)
inputs = st.builds(InputTensor, name=st.text(min_size=1), pictures=pictures, **form)
outputs = st.builds(
    OutputTensor, name=st.text(min_size=1), channels=st.sampled_from((3, 4)), premultiplied=st.booleans(), **form
)
signatures = st.builds(
    Signature, st.lists(inputs, min_size=1, max_size=3, unique_by=lambda tensor: tensor.name).map(tuple), outputs
)

PLAIN = Signature((InputTensor("pair", ("texture", "render")),), OutputTensor("face"))


@given(signatures)
def test_signatures_survive_json(signature):
    assert Signature.from_dict(json.loads(json.dumps(signature.to_dict()))) == signature


def test_what_has_a_default_may_be_left_out():
    said = {"inputs": [{"name": "pair", "pictures": ["texture", "render"], "mean": 0.5}], "output": {"name": "face"}}
    signature = Signature.from_dict(said)
    assert signature == replace(PLAIN, inputs=(replace(PLAIN.inputs[0], mean=(0.5,)),))
    assert signature.pictures == {"texture", "render"}
    assert signature.inputs[0].channels == 6


@pytest.mark.parametrize(
    ("where", "changes", "words"),
    [
        ("input", {"pictures": []}, "pictures are none; each of texture, render, normal, depth"),
        ("input", {"pictures": ["render", "albedo"]}, "render, albedo"),
        ("input", {"pictures": ["render", "render"]}, "once"),
        ("input", {"order": "grb"}, "input 'pair': order is 'grb'; one of rgb, bgr"),
        ("input", {"layout": "NCWH"}, "layout is 'NCWH'; one of NCHW, NHWC"),
        ("input", {"dtype": "float64"}, "dtype is 'float64'; one of float32"),
        ("input", {"width": 8}, "width is 8; a whole number from 16 to 4096"),
        ("input", {"height": "big"}, "height is 'big'"),
        ("input", {"height": True}, "height is True"),
        ("input", {"std": 0.0}, "std is .0.0.; one number above 0"),
        ("input", {"std": [0.2, 0.2]}, "or three"),
        ("input", {"mean": float("nan")}, "mean is .nan."),
        ("input", {"mean": "half"}, "mean is"),
        ("input", {"dtype": "uint8", "mean": 0.5}, "uint8 is taken as it is"),
        ("input", {"nmae": "x"}, "'nmae' is no field of it; known are"),
        ("input", {"name": ""}, "name is ''"),
        ("output", {"channels": 5}, "channels is 5; 3 .colour. or 4"),
        ("output", {"premultiplied": "yes"}, "premultiplied is 'yes'; true or false"),
        ("output", {"order": ["rgb"]}, "order is"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_what_it_may_be(where, changes, words):
    said = PLAIN.to_dict()
    (said["inputs"][0] if where == "input" else said["output"]).update(changes)
    with pytest.raises(ModelError, match=words) as caught:
        Signature.from_dict(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, "signature is missing"),
        ([], "signature is no JSON object"),
        ({}, "inputs is missing"),
        ({"inputs": [], "output": {"name": "x"}}, "not at all"),
        ({"inputs": [{"name": "a"}], "output": {"name": "x"}}, "input 'a': pictures is missing"),
        ({"inputs": [{"name": "a", "pictures": ["render"]}]}, "output is missing"),
        ({"inputs": [{"name": "a", "pictures": ["render"]}] * 2, "output": {"name": "x"}}, "a name of its own"),
    ],
)
def test_what_is_missing_is_named(said, words):
    with pytest.raises(ModelError, match=words):
        Signature.from_dict(said)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(where=st.sampled_from(("input", "output")), field=st.sampled_from((*form, "name", "pictures", "channels")),
       value=json_values)  # fmt: skip
def test_whatever_a_card_says_it_is_a_signature_or_one_error(where, field, value):
    said = PLAIN.to_dict()
    (said["inputs"][0] if where == "input" else said["output"])[field] = value
    with suppress(ModelError):
        Signature.from_dict(said)


def test_uint8_takes_bytes_as_they_are():
    assert "uint8" in DTYPES
    assert InputTensor("a", ("render",), dtype="uint8").mean == (0.0,)
