"""Other tools' names for the ARKit shapes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES
from gpu_core.gltf.shape_names import canonical


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def short_side(name: str) -> str:
    return re.sub("Left$", "_L", re.sub("Right$", "_R", name))


def long_side(name: str) -> str:
    return re.sub("Left$", "_left", re.sub("Right$", "_right", name))


STYLES = {
    "camel": str,
    "pascal": pascal,
    "snake": snake,
    "upper": lambda name: snake(name).upper(),
    "lower": str.lower,
    "spaces": lambda name: snake(name).replace("_", " "),
    "dashes": lambda name: snake(name).replace("_", "-"),
    "short side": short_side,
    "long side": long_side,
    "attached side": lambda name: short_side(name).replace("_", ""),
    "snake, short side": lambda name: snake(short_side(name)).replace("__", "_"),
    "maya": lambda name: f"blendShape1.{name}",
    "fbx": lambda name: f"Face.M_{pascal(name)}",
    "namespace": lambda name: f"rig:head|{short_side(name)}",
    "mesh in front": lambda name: f"head_{name}",
    "two prefixes": lambda name: f"CC_Base_{pascal(short_side(name))}",
    "maya shape": lambda name: f"{name}Shape",
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ARKIT_SHAPES)
def test_every_style_of_every_shape_is_recognised(name: str, style: str) -> None:
    assert canonical(STYLES[style](name)) == name


@pytest.mark.parametrize(
    "name", ["", " ", "...", "_", "Key 1", "viseme_aa", "inner_mouth_left", "innerMouthLeft", "jaw", "left", "L", "42",
             "eyeBlink", "eyeBlink_X", "browInnerUp_L", "head", "jawOpen2", "открыть"],
)  # fmt: skip
def test_what_is_no_arkit_shape_is_not_guessed(name: str) -> None:
    assert canonical(name) is None


@given(st.text(max_size=40))
def test_any_text_gives_an_arkit_name_or_nothing(text: str) -> None:
    assert canonical(text) in (None, *ARKIT_SHAPES)
