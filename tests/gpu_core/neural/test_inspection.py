"""What is read from a network's file, what is guessed of it, and that nothing wrong with it is more than one line."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import helper

from gpu_core.errors import ModelError
from gpu_core.neural import model as model_module
from gpu_core.neural.inspection import NetworkFacts, TensorFacts, guess_signature, inspect_network
from gpu_core.neural.model import SignatureNeeded, load_model
from gpu_core.neural.signature import InputTensor, Signature
from tests.networks import PAIR, SIZE, WRONG_FILES, save_for, save_graph, save_network, tensor


def form(width=SIZE, height=SIZE, **changes):
    return {"width": width, "height": height, **changes}


def test_facts_are_what_the_file_declares(tmp_path):
    path = save_for(tmp_path, PAIR, metadata={"author": "me"})
    facts = inspect_network(path)
    assert facts.inputs == (TensorFacts("pair", (None, 6, SIZE, SIZE), "float32"),)
    assert facts.outputs == (TensorFacts("face", (None, 4, SIZE, SIZE), "float32"),)
    assert facts.metadata["author"] == "me"
    assert facts.bytes == path.stat().st_size


@pytest.mark.parametrize("wrong", [name for name in WRONG_FILES if name != "fails when run"])
def test_a_wrong_file_is_one_line_that_says_what_and_what_to_do(tmp_path, wrong):
    make, words = WRONG_FILES[wrong]
    with pytest.raises(ModelError, match=words) as caught:
        load_model(make(tmp_path))
    assert not isinstance(caught.value, SignatureNeeded)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    path = save_network(tmp_path)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(ModelError, match=r"cannot read the generator .*tiny\.onnx: Permission denied"):
        load_model(path)


def test_a_pipe_or_a_folder_that_may_not_be_entered_is_one_line(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.onnx")  # reading it would wait for ever
    with pytest.raises(ModelError, match="is no ordinary file"):
        load_model(tmp_path / "pipe.onnx")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "exists", refuse)
    with pytest.raises(ModelError, match="Permission denied"):
        load_model(tmp_path / "pipe.onnx")


def facts(inputs, outputs):
    return NetworkFacts("net.onnx", *(tuple(TensorFacts(*t) for t in each) for each in (inputs, outputs)))


OUT = [("y", (None, 4, SIZE, SIZE), "float32")]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([("x", (None, 6, SIZE, SIZE), "float32")], InputTensor("x", ("texture", "render"), **form())),
        (
            [("x", (1, SIZE, 128, 6), "float16")],
            InputTensor("x", ("texture", "render"), layout="NHWC", dtype="float16", **form(128)),
        ),
        ([("Renders", (None, 3, SIZE, SIZE), "uint8")], InputTensor("Renders", ("render",), dtype="uint8", **form())),
        ([("normal_depth", (1, 4, SIZE, SIZE), "float32")], InputTensor("normal_depth", ("normal", "depth"), **form())),
        ([("depth_render", (1, 4, SIZE, SIZE), "float32")], InputTensor("depth_render", ("depth", "render"), **form())),
    ],
)  # fmt: skip
def test_what_is_unambiguous_is_taken(inputs, expected):
    guess, sure = guess_signature(facts(inputs, OUT))
    assert sure
    assert guess.inputs == (expected,)


@pytest.mark.parametrize(
    ("inputs", "outputs", "pictures"),
    [
        ([("x", (None, 3, SIZE, SIZE), "float32")], OUT, [("render",)]),
        ([("x", (None, 10, SIZE, SIZE), "float32")], OUT, [("texture", "render", "normal", "depth")]),
        ([("x", (None, 6, None, None), "float32")], OUT, [("texture", "render")]),
        ([("a", (1, 3, 64, 64), "float32"), ("b", (1, 3, 64, 64), "float32")], OUT, [("texture",), ("render",)]),
        ([("x", (None, 6, SIZE, SIZE), "float32")], OUT * 2, [("texture", "render")]),
    ],
)
def test_what_is_doubtful_is_a_guess_to_ask_from(inputs, outputs, pictures):
    guess, sure = guess_signature(facts(inputs, outputs))
    assert not sure
    assert [said.pictures for said in guess.inputs] == pictures


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([("x", (None, 5, SIZE, SIZE), "float32")], OUT),
        ([("x", (None, 6, SIZE), "float32")], OUT),
        ([("x", (None, 6, SIZE, SIZE), "int64")], OUT),
        ([("x", (None, 6, 8, 8), "float32")], OUT),
        ([("x", (None, 6, SIZE, SIZE), "float32")], [("y", (None, 1, SIZE, SIZE), "float32")]),
    ],
)
def test_what_cannot_be_pictures_is_not_guessed(inputs, outputs):
    assert guess_signature(facts(inputs, outputs)) == (None, False)


def test_a_network_that_needs_words_says_so_and_brings_a_guess(tmp_path):
    said = Signature((InputTensor("x", ("render",), **form()),), PAIR.output)
    path = save_for(tmp_path, said)
    with pytest.raises(
        SignatureNeeded, match=r"what mine\.onnx wants is not known; its inputs are 'x' \(. x 3 x 64"
    ) as caught:
        load_model(path)
    assert caught.value.guess == said
    assert caught.value.facts.inputs[0].name == "x"
    assert load_model(path, caught.value.guess).signature == said


def test_a_free_size_is_taken_where_the_signature_states_it(tmp_path):
    path = save_for(tmp_path, PAIR, free_size=True)
    with pytest.raises(SignatureNeeded):
        load_model(path)
    assert load_model(path, PAIR).signature == PAIR


def test_metadata_in_the_file_says_it_all(tmp_path):
    said = Signature(
        (InputTensor("x", ("normal", "render"), order="bgr", mean=(0.5,), std=(0.5,), **form()),), PAIR.output
    )
    entry = {"signature": said.to_dict(), "name": "my own", "contract": "abc"}
    for metadata in (entry, said.to_dict()):
        loaded = load_model(save_for(tmp_path, said, metadata={"mien": json.dumps(metadata)}))
        assert loaded.signature == said
        assert not loaded.assumed
    loaded = load_model(save_for(tmp_path, said, metadata={"mien": json.dumps(entry)}))
    assert (loaded.name, loaded.contract) == ("my own", "abc")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "no JSON object"),
        ("{}", "inputs is missing"),
        ('{"signature": 3}', "no JSON object"),
    ],
)
def test_metadata_that_is_wrong_is_one_line(tmp_path, metadata, words):
    with pytest.raises(ModelError, match=f"the metadata 'mien' of mine.onnx.*{words}"):
        load_model(save_for(tmp_path, PAIR, metadata={"mien": metadata}))


def test_an_input_that_nobody_feeds_is_named(tmp_path):
    shape = ["batch", 6, SIZE, SIZE]
    path = save_graph(
        tmp_path / "two.onnx",
        [
            helper.make_node("Add", ["pair", "more"], ["sum"]),
            helper.make_node("Gather", ["sum", "four"], ["face"], axis=1),
        ],
        [tensor("pair", shape), tensor("more", shape)],
        [tensor("face", ["batch", 4, SIZE, SIZE])],
        {"four": np.arange(4)},
    )  # fmt: skip
    with pytest.raises(ModelError, match=r"two\.onnx also wants an input 'more'"):
        load_model(path, PAIR)


def test_a_trusted_card_spares_the_inspection(tmp_path, monkeypatch):
    path = save_network(tmp_path)
    monkeypatch.setattr(model_module, "inspect_network", lambda _: pytest.fail("it was inspected"))
    assert load_model(path).trusted


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_of_any_kind_is_a_model_error(tmp_path, data):
    whole = save_network(tmp_path).read_bytes()
    kind = data.draw(st.sampled_from(("noise", "cut", "bytes changed")))
    if kind == "noise":
        content = data.draw(st.binary(max_size=200))
    elif kind == "cut":
        content = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        changed = bytearray(whole)
        for at, value in data.draw(
            st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=6)
        ):
            changed[at] = value
        content = bytes(changed)
    path = tmp_path / "damaged.onnx"
    path.write_bytes(content)
    try:
        load_model(path)
    except ModelError as error:
        assert "\n" not in str(error)  # noqa: PT017 - damage in a weight is none that anybody could see
