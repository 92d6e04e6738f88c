"""Columns by name, in the spellings that other tools use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, shape_index
from viewer.sessions.csv_columns import columns_of

SPELLINGS = {
    "pascal": lambda name: name[0].upper() + name[1:],
    "lower": str.lower,
    "upper": str.upper,
    "snake": lambda name: "".join("_" + c.lower() if c.isupper() else c for c in name),
    "sides": lambda name: (
        name.replace("Left", "_L").replace("Right", "_R") if name.endswith(("Left", "Right")) else name
    ),
    "prefix": lambda name: f"blendShape1.{name}",
    "arkit": lambda name: f"ARKit_{name}",
}


@given(st.permutations(ARKIT_SHAPES), st.sampled_from(sorted(SPELLINGS)))
def test_every_shape_in_any_order_and_spelling(order: list[str], spelling: str) -> None:
    columns = columns_of(["Timecode", *map(SPELLINGS[spelling], order)])
    assert columns.shapes == tuple((at + 1, shape_index(name)) for at, name in enumerate(order))
    assert columns.unknown == ()


def test_the_head_and_its_units() -> None:
    columns = columns_of(["jawOpen", "HeadYaw", "head_pitch_deg", "Roll (rad)"])
    assert columns.angles == ((1, "yaw", ""), (2, "pitch", "deg"), (3, "roll", "rad"))


def test_unknown_columns_are_told_in_one_sentence() -> None:
    known = ["jawOpen", "Timecode", "BlendShapeCount", "LeftEyeYaw", "_neutral"]
    assert columns_of(known).remark() == ""
    assert columns_of([*known, "Mood"]).remark() == "1 column is not known and passed over: Mood"
    many = columns_of([*known, "", *(f"x{i}" for i in range(20))]).remark()
    assert many == (
        "21 columns are not known and passed over: (without a name), x0, x1, x2, x3, x4, x5, x6 and 13 more"
    )


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ([], "names no blendshape"),
        (["Timecode", "HeadYaw"], "names no blendshape"),
        (["JawOpen", "x", "jaw_open"], "JawOpen and jaw_open say the same"),
        (["jawOpen", "yaw", "HeadYaw"], "yaw and HeadYaw say the same"),
        (["jawOpen"] + ["x"] * 2000, "2,001 columns"),
    ],
)
def test_what_is_no_header(header: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        columns_of(header)
