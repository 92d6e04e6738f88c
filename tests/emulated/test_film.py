"""Filming on the NVIDIA path: one copy a frame that nobody waits for, of the colours that the read picture has."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.cuda.film import SLOTS
from gpu_core.errors import CudaError
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.model import load_model
from gpu_core.settings import View
from gpu_core.timing import StageTimer
from tests.emulated.paths import cuda_path, use_double
from tests.gpu_core.neural.test_path_contract import fill, settings_for
from tests.networks import SIZE, save_network
from tests.video_frames import nv12
from viewer.sessions.recording import BACKGROUND

FACES = 4


@pytest.fixture(autouse=True)
def double(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture(params=["image", "pixel buffer"])
def path(request, double, tmp_path):
    below = {"image": "", "pixel buffer": "image"}[request.param]
    with cuda_path(load_model(save_network(tmp_path)), settings_for(faces=FACES), below) as opened:
        yield opened


@pytest.fixture
def target(emulated_gl):
    """Four faces, drawn by chance."""
    with TargetSet(Atlas(FACES, SIZE)) as made:
        fill(made, seed=3)
        yield made


def draw(path, target):
    timer = StageTimer()
    path.submit(target, timer).finish(timer)


def displayed(target: TargetSet, face: int) -> np.ndarray:
    """One face as it is read back: top row first."""
    atlas = target.atlas
    pixels = np.empty((atlas.height, atlas.width, 4), np.uint8)
    target.read(View.GENERATED, pixels)
    region = atlas.regions[face]
    return pixels[region.y : region.y + region.size, region.x : region.x + region.size][::-1]


def test_a_filmed_picture_has_the_colours_of_the_one_that_is_read(path, target):
    draw(path, target)
    for face in range(target.atlas.faces):
        recorded = path.film(target, face, BACKGROUND)
        assert recorded.size == SIZE * SIZE * 3 // 2
        picture = recorded.picture()
        assert np.abs(picture.astype(int) - nv12(displayed(target, face))).max() <= 1
        recorded.release()


def test_nothing_waits_for_the_copy(path, target, emulated_gl):
    draw(path, target)
    emulated_gl.mode("lazy")
    recorded = path.film(target, 2, BACKGROUND)
    assert not recorded.ready()
    emulated_gl.finish()
    assert recorded.ready()
    assert np.abs(recorded.picture().astype(int) - nv12(displayed(target, 2))).max() <= 1
    recorded.release()


def test_asking_for_a_picture_that_is_under_way_waits_for_it(path, target, emulated_gl):
    draw(path, target)
    emulated_gl.mode("lazy")
    recorded = path.film(target, 2, BACKGROUND)
    assert np.abs(recorded.picture().astype(int) - nv12(displayed(target, 2))).max() <= 1
    recorded.release()


def test_no_more_is_held_than_there_are_slots(path, target):
    draw(path, target)
    held = [path.film(target, 2, BACKGROUND) for _ in range(SLOTS)]
    assert path.film(target, 2, BACKGROUND) is None
    held.pop().release()
    held.append(path.film(target, 2, BACKGROUND))
    for recorded in held:
        recorded.release()
        recorded.release()


def test_a_picture_outlives_its_path(tmp_path, target):
    with cuda_path(load_model(save_network(tmp_path)), settings_for(faces=FACES)) as path:
        draw(path, target)
        recorded, wanted = path.film(target, 2, BACKGROUND), nv12(displayed(target, 2))
    assert recorded.ready()
    assert np.abs(recorded.picture().astype(int) - wanted).max() <= 1
    recorded.release()


@pytest.mark.parametrize("api", ["cuMemcpyAsync", "cuLaunchKernelEx", "cuMemAllocHost_v2", "cuGraphicsMapResources"])
def test_a_refusal_is_told_and_filming_goes_on_afterwards(path, target, emulated_gl, api):
    draw(path, target)
    emulated_gl.fail(api, 2, 1)
    with pytest.raises(CudaError):
        path.film(target, 2, BACKGROUND)
    recorded = path.film(target, 2, BACKGROUND)
    assert recorded.picture().std() > 1
    recorded.release()


def test_a_lost_device_is_told_by_whatever_was_under_way(path, target, emulated_gl):
    draw(path, target)
    recorded = path.film(target, 2, BACKGROUND)
    emulated_gl.lose("cuEventQuery")
    with pytest.raises(CudaError):
        recorded.ready()
    recorded.release()
    path.close()


def test_where_pictures_cross_the_bus_anyway_they_are_read(tmp_path, target):
    with cuda_path(load_model(save_network(tmp_path)), settings_for(faces=FACES), "pixel buffer") as path:
        draw(path, target)
        assert path.film(target, 2, BACKGROUND) is None
