"""`pack` and `unpack` against `neural.pixels` (OpenCV and NumPy), on random pictures of any size and of every form.

Tolerances. Where nothing is resized, bytes are equal, FP32 is equal to rounding, and FP16 to 1.5 of its own steps: the
reference rounds twice where a mean is taken off. Where something is resized it is one step of 8 bits: OpenCV rounds the
resized picture to bytes, in fixed point, and kernels do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.cuda.conversions import pack, unpack
from gpu_core.cuda.sources import Source
from gpu_core.neural import pixels
from gpu_core.neural.signature import DTYPES, LAYOUTS, ORDERS, PICTURES, InputTensor, OutputTensor
from tests.emulation.workbench import Workbench, workbenches

Array = NDArray[Any]

STEP = 1 / 255
METHODS = {
    "nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "bicubic": cv2.INTER_CUBIC,
}  # fmt: skip
SIZES = (16, 17, 31, 36, 64, 70)


@pytest.fixture(params=["host", "emulated"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    yield from workbenches(request)


def random_atlas(rng: np.random.Generator) -> Atlas:
    return Atlas(int(rng.integers(1, 6)), int(rng.choice(SIZES)))


def random_picture(rng: np.random.Generator, atlas: Atlas, name: str = "") -> Array:
    """Noise over the whole atlas: whatever a neighbouring face lends shows."""
    if name == "depth":
        return rng.random((atlas.height, atlas.width), np.float32)
    picture = rng.integers(0, 256, (atlas.height, atlas.width, 4), np.uint8)
    picture[..., :3] = np.minimum(picture[..., :3], picture[..., 3:])
    return picture


def random_form(rng: np.random.Generator, size: int, *, resized: bool) -> dict[str, Any]:
    """Fields that inputs and outputs share."""
    form = {
        "layout": str(rng.choice(LAYOUTS)), "dtype": str(rng.choice(DTYPES)), "order": str(rng.choice(ORDERS)),
        "width": int(rng.integers(16, 90)) if resized else size,
        "height": int(rng.integers(16, 90)) if resized else size,
    }  # fmt: skip
    if form["dtype"] != "uint8" and rng.random() < 0.7:
        count = int(rng.choice((1, 3)))
        form["mean"] = tuple(map(float, rng.uniform(-0.5, 0.6, count)))
        form["std"] = tuple(map(float, rng.uniform(0.2, 1.5, count)))
    return form


def source_of(bench: Workbench, rng: np.random.Generator, picture: Array) -> Source:
    """A surface, or linear memory with rows as far apart as they come."""
    if rng.random() < 0.5:
        return bench.surface(picture)
    row = picture[0].nbytes
    return bench.linear(picture, row + int(rng.choice((0, 4, 12, -row % 16, 64 - row % 16))))


def face_of(atlas: Atlas, picture: Array, face: int) -> Array:
    region = atlas.regions[face]
    return picture[region.y : region.y + region.size, region.x : region.x + region.size]


def packed(bench: Workbench, said: InputTensor, atlas: Atlas, sources: dict[str, Source], **how: Any) -> Array:
    tensor = bench.memory(np.zeros((atlas.faces, *said.shape), said.dtype))
    pack(bench.kernels, bench.stream, sources, tensor, said, atlas, **how)
    return bench.read(tensor)


def packed_tolerance(said: InputTensor, *, resized: bool) -> float:
    if said.dtype == "uint8":
        return float(resized)
    if resized:
        return STEP / min(said.std) + 0.002 * (said.dtype == "float16")
    largest = (1 + max(map(abs, said.mean))) / min(said.std)
    return 1.5 * 2.0 ** (np.ceil(np.log2(largest)) - 11) if said.dtype == "float16" else 2e-6 * largest


@pytest.mark.parametrize("resized", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_pack(bench: Workbench, seed: int, resized: bool) -> None:
    rng = np.random.default_rng([seed, resized])
    atlas = random_atlas(rng)
    names = tuple(map(str, rng.permutation(PICTURES)[: rng.integers(1, 5)]))
    said = InputTensor("pair", names, **random_form(rng, atlas.size, resized=resized))
    pictures = {name: random_picture(rng, atlas, name) for name in names}
    found = packed(bench, said, atlas, {name: source_of(bench, rng, each) for name, each in pictures.items()})
    for face in range(atlas.faces):
        expected = np.zeros(said.shape, said.dtype)
        pixels.pack({name: face_of(atlas, each, face) for name, each in pictures.items()}, said, expected)
        error = np.abs(found[face].astype(np.float64) - expected)
        assert error.max() <= packed_tolerance(said, resized=resized), (said, atlas)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("old", "new"), [(31, (64, 64)), (70, (33, 21)), (64, (16, 16)), (48, (20, 77)), (36, (36, 36))]
)
def test_pack_resizes_as_opencv_does(bench: Workbench, method: str, old: int, new: tuple[int, int]) -> None:
    rng = np.random.default_rng(old)
    atlas = Atlas(3, old)
    picture = random_picture(rng, atlas)
    said = InputTensor("pair", ("render",), dtype="uint8", layout="NHWC", width=new[0], height=new[1])
    found = packed(bench, said, atlas, {"render": bench.surface(picture)}, resize=method)
    for face in range(atlas.faces):
        expected = cv2.resize(face_of(atlas, picture, face), new, interpolation=METHODS[method])[::-1, :, :3]
        assert np.abs(found[face].astype(int) - expected).max() <= 1


def test_pack_decodes_colours_to_light_but_no_normals(bench: Workbench) -> None:
    """IEC 61966-2-1, in NumPy."""
    atlas = Atlas(2, 32)
    picture = random_picture(np.random.default_rng(3), atlas)
    said = InputTensor("pair", ("texture", "normal"), width=32, height=32)
    sources = {name: bench.surface(picture) for name in said.pictures}
    found = packed(bench, said, atlas, sources, transfer="linear")
    encoded = picture / 255
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    for face in range(atlas.faces):
        expected = [face_of(atlas, each, face)[::-1, :, :3].transpose(2, 0, 1) for each in (light, encoded)]
        np.testing.assert_allclose(found[face], np.concatenate(expected), atol=1e-6)


def test_rows_stay_as_they_are_without_the_flip(bench: Workbench) -> None:
    atlas = Atlas(1, 32)
    picture = random_picture(np.random.default_rng(4), atlas)
    said = InputTensor("pair", ("texture",), dtype="uint8", layout="NHWC", width=32, height=32)
    found = packed(bench, said, atlas, {"texture": bench.surface(picture)}, flip=False)
    np.testing.assert_array_equal(found[0], picture[..., :3])
    back = unpacked(bench, found, as_output(said), atlas, bench.surface(picture), flip=False)
    np.testing.assert_array_equal(back[..., :3], picture[..., :3])


def as_output(said: InputTensor) -> OutputTensor:
    return OutputTensor("face", 3, layout=said.layout, dtype=said.dtype, width=said.width, height=said.height)


def unpacked(
    bench: Workbench, values: Array, said: OutputTensor, atlas: Atlas, cover: Source | None = None, **how: Any
) -> Array:
    target = how.pop("target", None) or bench.surface(np.full((atlas.height, atlas.width, 4), 7, np.uint8))
    unpack(bench.kernels, bench.stream, bench.memory(values), said, target, atlas, cover, **how)
    return bench.read(target)


def random_tensor(rng: np.random.Generator, said: OutputTensor, faces: int) -> Array:
    """Values of a network that overshoots a little."""
    if said.dtype == "uint8":
        return rng.integers(0, 256, (faces, *said.shape), np.uint8)
    spread = max(said.std)
    return rng.uniform(-0.2 / spread, 1.2 / spread, (faces, *said.shape)).astype(said.dtype)


def expected_picture(said: OutputTensor, atlas: Atlas, values: Array, cover: Array | None) -> Array:
    picture = np.full((atlas.height, atlas.width, 4), 7, np.uint8)  # what no face covers stays as it was
    for face in range(atlas.faces):
        out = np.zeros((atlas.size, atlas.size, 4), np.uint8)
        pixels.unpack(values[face], said, out, None if cover is None else face_of(atlas, cover, face))
        face_of(atlas, picture, face)[:] = out
    return picture


@pytest.mark.parametrize("resized", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_unpack(bench: Workbench, seed: int, resized: bool) -> None:
    rng = np.random.default_rng([seed, resized])
    atlas = random_atlas(rng)
    form = random_form(rng, atlas.size, resized=resized)
    said = OutputTensor("face", int(rng.choice((3, 4))), premultiplied=bool(rng.random() < 0.5), **form)
    values = random_tensor(rng, said, atlas.faces)
    cover = random_picture(rng, atlas) if rng.random() < 0.6 else None
    target = source_of(bench, rng, np.full((atlas.height, atlas.width, 4), 7, np.uint8))
    given = None if cover is None else source_of(bench, rng, cover)
    found = unpacked(bench, values, said, atlas, given, target=target)
    expected = expected_picture(said, atlas, values, cover)
    assert np.abs(found.astype(int) - expected).max() <= 1, (said, atlas)
    faces = np.concatenate([face_of(atlas, found, face) for face in range(atlas.faces)])
    assert (faces[..., :3] <= faces[..., 3:]).all(), "premultiplied"


@pytest.mark.parametrize("method", METHODS)
def test_unpack_resizes_as_opencv_does(bench: Workbench, method: str) -> None:
    rng = np.random.default_rng(5)
    atlas = Atlas(2, 53)
    said = OutputTensor("face", 3, dtype="uint8", layout="NHWC", width=31, height=77)
    values = random_tensor(rng, said, atlas.faces)
    found = unpacked(bench, values, said, atlas, resize=method)
    for face in range(atlas.faces):
        expected = cv2.resize(values[face], (53, 53), interpolation=METHODS[method])[::-1]
        assert np.abs(face_of(atlas, found, face)[..., :3].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [32, 31])
def test_unpack_lays_pictures_over_a_colour(bench: Workbench, size: int) -> None:
    rng = np.random.default_rng(size)
    atlas, colour = Atlas(2, size), (250, 20, 90)
    said = OutputTensor("face", 4, width=size, height=size)
    values = random_tensor(rng, said, atlas.faces)
    found = unpacked(bench, values, said, atlas, background=colour)
    plain = np.clip(values, 0, 1).transpose(0, 2, 3, 1)[:, ::-1]
    expected = np.minimum(plain[..., :3], plain[..., 3:]) + np.array(colour) / 255 * (1 - plain[..., 3:])
    for face in range(atlas.faces):
        part = face_of(atlas, found, face)
        assert np.abs(part[..., :3] - np.clip(255 * expected[face], 0, 255)).max() <= 0.5 + 1e-3
        assert (part[..., 3] == 255).all()


@pytest.mark.parametrize("size", [32, 31])
def test_what_is_not_a_number_becomes_black_and_stays_below_alpha(bench: Workbench, size: int) -> None:
    values = np.full((1, 4, size, size), np.nan, np.float32)
    values[0, 3] = 0.5
    said = OutputTensor("face", 4, width=size, height=size)
    found = unpacked(bench, values, said, Atlas(1, size))
    assert (found == (0, 0, 0, 128)).all()


def test_wide_and_narrow_access_agree(bench: Workbench) -> None:
    """The one thing about surfaces that no document promises in so many words, and its way round."""
    rng = np.random.default_rng(8)
    atlas = Atlas(4, 64)
    pictures = {name: random_picture(rng, atlas, name) for name in PICTURES}
    sources = {name: bench.surface(picture) for name, picture in pictures.items()}
    said = InputTensor("all", PICTURES, dtype="float16", width=64, height=64)
    values = random_tensor(rng, replace(OUTPUT, width=64, height=64), atlas.faces)
    results = []
    for wide in (True, False):
        bench.kernels.wide_surfaces = wide
        tensor = packed(bench, said, atlas, sources)
        results.append((tensor, unpacked(bench, values, replace(OUTPUT, width=64, height=64), atlas)))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


OUTPUT = OutputTensor("face", 4)


def test_buffers_and_pictures_have_to_be_large_enough(bench: Workbench) -> None:
    said = InputTensor("pair", ("texture",), width=32, height=32)
    small = bench.surface(np.zeros((32, 32, 4), np.uint8))
    with pytest.raises(ValueError, match=r"texture has 32x32 pixels, 2 faces need 64x32"):
        packed(bench, said, Atlas(2, 32), {"texture": small})
    with pytest.raises(ValueError, match="depth has 4 channels of uint8"):
        packed(bench, replace(said, pictures=("depth",)), Atlas(1, 32), {"depth": small})
