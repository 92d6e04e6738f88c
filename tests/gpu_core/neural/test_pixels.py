"""`pack` and `unpack` against numpy written down plainly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.neural.pixels import pack, resized, unpack
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


# ---- every form that a signature can ask for ---------------------------------------------------------------------

FORMS = [
    {"layout": layout, "dtype": dtype, "order": order} | norm
    for layout in ("NCHW", "NHWC")
    for dtype, order, norm in (
        ("float32", "bgr", {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}),
        ("float16", "rgb", {"mean": (0.5,), "std": (0.5,)}),
        ("uint8", "bgr", {}),
    )
]
NAMES = ("normal", "depth", "texture")
TOLERANCE = {"float32": 1e-5, "float16": 4e-3, "uint8": 0.5}


def empty(said):
    shape = (said.channels, said.height, said.width)
    return np.zeros(shape if said.layout == "NCHW" else (*shape[1:], said.channels), said.dtype)


@pytest.mark.parametrize("form", FORMS)
def test_pictures_of_any_number_and_order_in_any_form(form):
    said = InputTensor("all", NAMES, width=37, height=37, **form)
    pictures = {"normal": random_picture(), "texture": random_picture(seed=1)}
    pictures["depth"] = np.random.default_rng(2).random((37, 37), np.float32)
    out = empty(said)
    pack(pictures, said, out)
    planes = out.astype(np.float64) if said.layout == "NCHW" else np.moveaxis(out, -1, 0).astype(np.float64)
    order = [0, 1, 2] if said.order == "rgb" else [2, 1, 0]
    scale, tolerance = (255, 0.5) if said.dtype == "uint8" else (1, TOLERANCE[said.dtype])
    for name, first in (("normal", 0), ("texture", 4)):
        colours = pictures[name][::-1, :, order].astype(np.float64) / 255
        expected = scale * (colours - np.resize(said.mean, 3)) / np.resize(said.std, 3)
        np.testing.assert_allclose(planes[first : first + 3], expected.transpose(2, 0, 1), atol=tolerance)
    mean, std = (said.mean[0], said.std[0]) if len(said.mean) == 1 else (0, 1)  # three numbers are for colours
    np.testing.assert_allclose(planes[3], scale * (pictures["depth"][::-1] - mean) / std, atol=tolerance)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("premultiplied", [True, False])
def test_output_of_any_form_is_the_same_picture(form, channels, premultiplied):
    said = OutputTensor("face", channels, premultiplied=premultiplied, width=37, height=37, **form)
    wanted = random_picture(seed=3)
    wanted[..., :3] = np.minimum(wanted[..., :3], wanted[..., 3:])
    values = wanted[::-1].astype(np.float64) / 255
    if not premultiplied:
        values[..., :3] /= np.maximum(values[..., 3:], 1 / 255)
    mean, std = (np.resize(v, 3) for v in (said.mean, said.std))
    colours = ((values[..., :3] if said.order == "rgb" else values[..., 2::-1]) - mean) / std
    mean, std = (said.mean[0], said.std[0]) if len(said.mean) == 1 else (0, 1)
    tensor = np.concatenate([colours, (values[..., 3:] - mean) / std], -1)[..., :channels]
    tensor = np.rint(255 * tensor) if said.dtype == "uint8" else tensor
    tensor = (tensor if said.layout == "NHWC" else tensor.transpose(2, 0, 1)).astype(said.dtype)
    out = np.zeros_like(wanted)
    unpack(tensor, said, out, wanted if channels == 3 else None)  # the cover lends its alpha alone
    np.testing.assert_allclose(out.astype(int), wanted, atol=1)


def test_three_channels_without_a_render_image_are_opaque():
    out = np.zeros((16, 16, 4), np.uint8)
    unpack(np.full((3, 16, 16), 0.4, np.float32), OutputTensor("face", 3, width=16, height=16), out)
    assert out[2, 3].tolist() == [102, 102, 102, 255]


@pytest.mark.parametrize("side", [32, 128])
def test_networks_of_another_size_get_and_give_resized_pictures(side):
    """A ramp keeps its values at any size, and half a step of a checkerboard's size is its mean."""
    ramp = np.empty((64, 64, 4), np.uint8)
    ramp[..., :3], ramp[..., 3] = np.linspace(0, 250, 64)[None, :, None], 255
    said = InputTensor("render", ("render",), width=side, height=side)
    tensor = empty(said)
    pack({"render": ramp}, said, tensor)
    inner = slice(side // 16, -side // 16)
    expected = ((np.arange(side) + 0.5) * 64 / side - 0.5) * 250 / 63 / 255
    np.testing.assert_allclose(tensor[0, side // 2, inner], expected[inner], atol=1.6 / 255)
    back = np.zeros_like(ramp)
    opaque = np.concatenate([tensor, np.ones((1, side, side), np.float32)])
    unpack(opaque, OutputTensor("face", width=side, height=side), back)
    np.testing.assert_allclose(back[:, 4:-4].astype(int), ramp[:, 4:-4], atol=3)
    again = np.zeros_like(ramp)
    unpack(tensor, OutputTensor("face", 3, width=side, height=side), again, ramp)
    np.testing.assert_array_equal(again[..., 3], 255)


def test_making_smaller_averages():
    board = np.zeros((64, 64, 4), np.uint8)
    board[::2, ::2], board[1::2, 1::2] = 200, 200
    said = InputTensor("render", ("render",), width=32, height=32)
    tensor = empty(said)
    pack({"render": board}, said, tensor)
    np.testing.assert_allclose(tensor, 100 / 255, atol=1e-6)


def test_numbers_that_are_none_come_out_black():
    tensor = np.full((4, 16, 16), np.nan, np.float32)
    out = np.ones((16, 16, 4), np.uint8)
    with np.errstate(invalid="ignore"):
        unpack(tensor, OutputTensor("face", width=16, height=16), out)
    assert not out.any()


@given(value=st.floats(-1, 2, width=32))
def test_every_value_lands_on_the_nearest_byte(value):
    tensor = np.full((4, 1, 1), value, np.float32)
    out = np.zeros((1, 1, 4), np.uint8)
    unpack(tensor, FACE, out)
    assert abs(float(out[0, 0, 0]) - min(max(value, 0.0), 1.0) * 255) <= 0.5 + 1e-3


# ---- bytes that only change places take a short cut ----------------------------------------------------------------


@pytest.mark.parametrize("side", [37, 74, 20])
@pytest.mark.parametrize("order", ["rgb", "bgr"])
def test_bytes_side_by_side_are_those_of_the_planes(order, side):
    """The short cut against the long way: channels first, which goes plane by plane; also where sizes differ."""
    pictures = {"texture": random_picture(), "render": random_picture(seed=1)}
    said = InputTensor("pair", ("texture", "render"), order, layout="NHWC", dtype="uint8", width=side, height=side)
    last, first = empty(said), empty(replace(said, layout="NCHW"))
    pack(pictures, said, last)
    pack(pictures, replace(said, layout="NCHW"), first)
    np.testing.assert_array_equal(last, first.transpose(1, 2, 0))
    assert last.any()


@given(seed=st.integers(0, 2**32 - 1), side=st.integers(8, 40))
def test_turning_a_picture_over_before_or_after_it_grows_is_the_same(seed, side):
    picture, said = (
        random_picture(side, seed),
        replace(RENDER, layout="NHWC", dtype="uint8", width=2 * side, height=2 * side),
    )
    out = empty(said)
    pack({"render": picture}, said, out)
    np.testing.assert_array_equal(out, resized(picture, 2 * side, 2 * side)[::-1, :, :3])


def test_a_region_of_an_atlas_is_put_side_by_side_too():
    atlas, said = random_picture(64), replace(RENDER, layout="NHWC", dtype="uint8", width=32, height=32)
    out = empty(said)
    pack({"render": atlas[32:, :32]}, said, out)
    np.testing.assert_array_equal(out, atlas[32:, :32][::-1, :, :3])


@given(seed=st.integers(0, 2**32 - 1), side=st.sampled_from([16, 32, 48, 64]))
def test_a_network_s_own_picture_is_what_the_long_way_makes_of_it(seed, side):
    """Any bytes, also colours above alpha, of any size; a region of a larger picture, whose rest stays as it is."""
    tensor = random_picture(side, seed)
    said = OutputTensor("face", layout="NHWC", dtype="uint8", width=side, height=side)
    short, long = np.full((2, 48, 48, 4), 7, np.uint8)
    unpack(tensor, said, short[16:, :32])
    unpack(np.ascontiguousarray(tensor.transpose(2, 0, 1)), replace(said, layout="NCHW"), long[16:, :32])
    np.testing.assert_array_equal(short, long)
