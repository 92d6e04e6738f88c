"""viewer.streams.performing: pictures at a stream's own rate, alone or in a batch. test_worker does it for real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from gpu_core.errors import CudaError
from tests.viewer.streams.fake_faces import FORM, SOUNDS, opened
from tests.viewer.streams.flat_engine import FlatEngine
from viewer.push.values import VideoForm
from viewer.sessions.take import open_take, save_take
from viewer.speech.recording import RATE
from viewer.speech.sound_file import write_wav
from viewer.speech.spoken import Spoken
from viewer.streams import performing
from viewer.streams.performing import slowed
from viewer.streams.pictures import Arrived
from viewer.streams.worker_life import Life

ANSWERS: list[bool] = []  # whether a batch was to go on


def test_a_slower_rate_is_explained() -> None:
    assert slowed(25.0, 12.4) == "this machine is too busy for 25 fps: it goes at 12 fps"
    assert slowed(25.0, 25.0) == ""


def arrivals(fps: float, seconds: float) -> list[Arrived]:
    pixels = np.zeros((16, 16, 4), np.uint8)
    return [Arrived(pixels, 1000.0 + number / fps) for number in range(round(fps * seconds))]


@pytest.mark.parametrize(("own", "batch"), [(25.0, 25.0), (10.0, 25.0), (15.0, 60.0), (24.0, 25.0)])
def test_a_slower_face_of_a_faster_batch_gets_its_own_rate(
    own: float, batch: float, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    face, output, pipe = opened(replace(FORM, video=VideoForm(own)), life, monkeypatch)
    for arrived in arrivals(batch, 4.0):
        face.hand_on(arrived)
    assert len(output.offered) == pytest.approx(4.0 * own, abs=1.0)
    gaps = [after - before for before, after in pairwise(output.offered)]
    assert max(gaps) <= 1.0 / own + 1.0 / batch + 1e-6
    assert pipe.told[-1].way == "batch"
    face.close(0.0)


def test_what_slows_down_says_why_and_is_well_again_at_its_own_rate(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    face, output, pipe = opened(replace(FORM, video=VideoForm(25.0)), life, monkeypatch)
    face.slow_to(12.5)
    for arrived in arrivals(12.5, 1.0):
        face.hand_on(arrived)
    face.reporter.tell()
    assert (pipe.told[-1].state, pipe.told[-1].note) == (
        "degraded",
        "this machine is too busy for 25 fps: it goes at 12 fps",
    )
    face.slow_to(25.0)
    face.hand_on(Arrived(np.zeros((16, 16, 4), np.uint8), 1002.0))
    assert (pipe.told[-1].state, pipe.told[-1].note) == ("live", "")
    assert len(output.offered) == 13
    face.close(0.0)


class Turns:
    """In place of a player: asks whether to go on, once."""

    def __init__(self, *_: Any) -> None:
        pass

    def run(self, go_on: Callable[[], bool], _hand_on: Any) -> None:
        ANSWERS.append(go_on())


def test_one_lost_target_is_its_own_streams_end_and_the_last_one_the_batchs(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.streams.performing.Player", Turns)
    made = [opened(replace(FORM, number=number), life, monkeypatch) for number in (1, 2)]
    faces = [face for face, _, _ in made]
    for face, output, pipe in made:
        output.state = "failed"
        face.reporter.tell()
        assert (pipe.told[-1].state, pipe.told[-1].note) == ("failed", "the disk is full")
        face.hand_on(Arrived(np.zeros((16, 16, 4), np.uint8), 1000.0))
        assert not output.offered
        performing.play(Mock(), faces, SimpleQueue())
    assert ANSWERS[-2:] == [True, False]


def test_a_batch_that_lost_its_gpu_ends(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise CudaError("cuLaunchKernel", 719, "CUDA_ERROR_LAUNCH_FAILED", "")

    monkeypatch.setattr("gpu_core.cuda.calls.check_not_lost", lost)
    monkeypatch.setattr("viewer.streams.performing.Player", Turns)
    face, _, _ = opened(FORM, life, monkeypatch)
    with pytest.raises(CudaError):
        performing.play(Mock(), [face], SimpleQueue())


def test_a_takes_sound_goes_out_with_its_face(life: Life, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    save_take(open_take("talk"), tmp_path / "talk.csv")
    with (tmp_path / "talk.wav").open("wb") as file:
        write_wav(Spoken(np.full(RATE, 0.5, np.float32), RATE, (), "nobody"), file)
    form = replace(FORM, source=str(tmp_path / "talk.csv"), to=str(tmp_path / "talk.mp4"), epoch_s=10.0)
    _face, _output, _pipe = opened(form, life, monkeypatch)
    (sound,) = SOUNDS[-1:]
    assert sound.samples(10.25, 4) == pytest.approx([0.5] * 4, abs=1e-3)


def test_a_worker_that_lost_its_gpu_ends(monkeypatch: pytest.MonkeyPatch, life: Life) -> None:
    def lost() -> None:
        raise CudaError("cuLaunchKernel", 719, "CUDA_ERROR_LAUNCH_FAILED", "")

    monkeypatch.setattr("gpu_core.cuda.calls.check_not_lost", lost)
    face, _, _ = opened(FORM, life, monkeypatch)
    life.end()  # so that it plays nothing, should it not notice
    with pytest.raises(CudaError):
        performing.play(FlatEngine(), [face], SimpleQueue())  # type: ignore[arg-type]
