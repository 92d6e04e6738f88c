"""`pack` and `unpack` against numpy written down plainly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.neural.pixels import pack, unpack
from gpu_core.neural.signature import InputTensor, OutputTensor

NORMS = [("rgb", 0.0, 1.0), ("bgr", 0.0, 1.0), ("rgb", 0.5, 0.5), ("bgr", 0.45, 0.22)]
RENDER = InputTensor("render", ("render",), width=37, height=37)
FACE = OutputTensor("face", width=37, height=37)


def in_form(tensor, norm, **changes):
    order, mean, std = norm
    return replace(tensor, order=order, mean=(mean,), std=(std,), **changes)


def random_picture(size: int = 37, seed: int = 0):
    return np.random.default_rng(seed).integers(0, 256, (size, size, 4), dtype=np.uint8)


@pytest.mark.parametrize("norm", NORMS)
def test_pack_turns_over_normalises_and_orders(norm):
    picture, tensor = random_picture(), np.empty((3, 37, 37), np.float32)
    pack({"render": picture}, in_form(RENDER, norm), tensor)
    colours = picture[::-1, :, :3] if norm[0] == "rgb" else picture[::-1, :, 2::-1]
    expected = (colours.astype(np.float64) / 255 - norm[1]) / norm[2]
    np.testing.assert_allclose(tensor, expected.transpose(2, 0, 1), atol=1e-5)


@pytest.mark.parametrize("norm", NORMS)
def test_unpack_undoes_pack(norm):
    picture, tensor = random_picture(seed=1), np.empty((4, 37, 37), np.float32)
    picture[..., :3] = np.minimum(picture[..., :3], picture[..., 3:])
    pack({"render": picture}, in_form(RENDER, norm), tensor[:3])
    tensor[3] = (picture[::-1, :, 3] / np.float32(255) - np.float32(norm[1])) / np.float32(norm[2])
    back = np.zeros_like(picture)
    unpack(tensor, in_form(FACE, norm), back)
    np.testing.assert_array_equal(back, picture)


def test_unpack_clamps_and_rounds():
    tensor = np.zeros((4, 16, 16), np.float32)
    tensor[0], tensor[1], tensor[2], tensor[3] = -0.3, 1.7, 0.5019, 1.0
    out = np.zeros((16, 16, 4), np.uint8)
    unpack(tensor, FACE, out)
    assert out[3, 5].tolist() == [0, 255, 128, 255]


def test_colours_stay_below_alpha():
    tensor = np.zeros((4, 8, 8), np.float32)
    tensor[0], tensor[1], tensor[3] = 0.9, 0.1, 0.2
    out = np.zeros((8, 8, 4), np.uint8)
    unpack(tensor, FACE, out)
    assert out[0, 0].tolist() == [51, 26, 0, 51]


def test_both_work_on_regions_of_a_larger_picture():
    atlas = random_picture(64)
    tensor = np.empty((4, 32, 32), np.float32)
    region = atlas[32:64, 0:32]
    pack({"render": region}, replace(RENDER, width=32, height=32), tensor[:3])
    tensor[3] = 1.0
    out = np.zeros_like(atlas)
    unpack(tensor, FACE, out[32:64, 0:32])
    np.testing.assert_array_equal(out[32:64, 0:32, :3], region[..., :3])
    assert not out[:32].any()


@given(value=st.floats(-1, 2, width=32))
def test_every_value_lands_on_the_nearest_byte(value):
    tensor = np.full((4, 1, 1), value, np.float32)
    out = np.zeros((1, 1, 4), np.uint8)
    unpack(tensor, FACE, out)
    assert abs(float(out[0, 0, 0]) - min(max(value, 0.0), 1.0) * 255) <= 0.5 + 1e-3
