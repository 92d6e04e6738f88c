"""viewer.filming.camera: pictures that come by copies nobody waits for, in their order, whatever happens to the
path.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from gpu_core.errors import CudaError
from gpu_core.expression import NEUTRAL
from gpu_core.settings import EngineSettings, Frame, FrameRequest, Picture, View
from viewer.filming.camera import Camera
from viewer.sessions.expression_csv import read_csv
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import Recording, RecordingForm

SIZE, FPS = 64, 25.0


class Copy:
    """A picture on its way: black luma of its number, arrived when `arrive` says so."""

    size = SIZE * SIZE * 3 // 2

    def __init__(self, luma: int) -> None:
        self._picture = np.full((SIZE * 3 // 2, SIZE), 128, np.uint8)
        self._picture[:SIZE] = luma
        self.arrived = self.released = self.waited = False
        self.lost: CudaError | None = None

    def ready(self) -> bool:
        if self.lost is not None:
            raise self.lost
        return self.arrived

    def picture(self) -> np.ndarray:
        self.waited |= not self.ready()
        return self._picture

    def release(self) -> None:
        self.released = True


class Films:
    """An engine whose path films with `slots` copies at once; without any it has to be read."""

    def __init__(self, slots: int = 4) -> None:
        self.slots, self.read_back = slots, 0
        self.copies: list[Copy] = []
        self.path_state = SimpleNamespace(name="cuda", tier="host copy")  # no encoder is looked for
        self.trouble: CudaError | None = None
        self.face, self.generator, self.settings = SimpleNamespace(name="none", sha256="0"), None, EngineSettings()
        self.path_name, self.description = "cuda", {}

    def film(self, frame: Frame, background: tuple[int, int, int], face: int = 0, encoder: Any = None) -> Copy | None:
        if self.trouble is not None:
            raise self.trouble
        if sum(not copy.released for copy in self.copies) >= self.slots:
            return None
        self.copies.append(Copy(luma_of(frame.index)))
        return self.copies[-1]

    def read(self, frame: Frame, view: View, face: int = 0) -> np.ndarray:
        self.read_back += 1
        grey = round((luma_of(frame.index) - 16) / 219 * 255)
        return np.dstack([np.full((SIZE, SIZE, 3), grey, np.uint8), np.full((SIZE, SIZE), 255, np.uint8)])


def luma_of(index: int) -> int:
    return 16 + 8 * index


def frame(index: int) -> Frame:
    request = FrameRequest((NEUTRAL.with_weights({"jawOpen": index / 100}),))
    return Frame(index, request, {View.GENERATED: (Picture(0, 0, 0, SIZE, SIZE, SIZE),)}, None, 0, (), 0, "cuda", True)


@pytest.fixture
def told() -> deque[Recording]:
    return deque()


@pytest.fixture
def camera(tmp_path: Path, told: deque[Recording]) -> Camera:
    return Camera(tmp_path, RecordingForm(FPS), lambda _frame, index: index / FPS, told.append)


def lumas(recording: Recording) -> list[int]:
    """What each frame of the video shows."""
    with av.open(str(Path(recording.folder) / "video.mp4")) as container:
        return [round(int(image.to_ndarray()[8, 8]) / 8) * 8 for image in container.decode(video=0)]


def numbers(recording: Recording) -> list[int]:
    """Which frame each row of the CSV belongs to."""
    return [round(100 * face["jawOpen"]) for _, face in read_csv(Path(recording.folder) / "expressions.csv") if face]


def test_copies_are_handed_over_when_they_have_arrived_and_all_at_the_end(
    camera: Camera, told: deque[Recording]
) -> None:
    engine: Any = Films()
    assert camera.film(engine, frame(0)) == SIZE * SIZE * 3 // 2
    camera.film(engine, frame(1))
    engine.copies[1].arrived = True  # the second before the first
    camera.film(engine, frame(2))
    assert not any(copy.released for copy in engine.copies), "in their order"
    engine.copies[0].arrived = True
    camera.film(engine, frame(3))
    assert [copy.released for copy in engine.copies] == [True, True, False, False]
    assert not any(copy.waited for copy in engine.copies), "nothing waits while it films"
    camera.close(engine)
    assert all(copy.released for copy in engine.copies)
    assert not told[-1].running
    assert lumas(told[-1]) == [luma_of(index) for index in range(4)]
    assert numbers(told[-1]) == [0, 1, 2, 3]
    assert engine.read_back == 0


def test_when_no_copy_is_free_it_waits_and_loses_nothing(camera: Camera, told: deque[Recording]) -> None:
    engine: Any = Films(slots=2)
    for index in range(9):
        camera.film(engine, frame(index))
    camera.close(engine)
    assert lumas(told[-1]) == [luma_of(index) for index in range(9)]
    assert any(copy.waited for copy in engine.copies)
    assert engine.read_back == 0


def test_a_path_without_copies_is_read_after_what_is_under_way(camera: Camera, told: deque[Recording]) -> None:
    engine: Any = Films()
    camera.film(engine, frame(0))
    camera.film(engine, frame(1))
    engine.slots = 0  # the host path has taken over
    assert camera.film(engine, frame(2)) == 4 * SIZE * SIZE
    camera.close(engine)
    assert lumas(told[-1]) == [luma_of(index) for index in range(3)]
    assert numbers(told[-1]) == [0, 1, 2]


def test_a_lost_device_takes_its_pictures_and_not_the_recording(
    camera: Camera, told: deque[Recording], caplog: pytest.LogCaptureFixture
) -> None:
    engine: Any = Films()
    camera.film(engine, frame(0))
    engine.copies[0].arrived = True
    camera.film(engine, frame(1))
    engine.copies[1].lost = engine.trouble = CudaError("cuEventQuery", 700, "CUDA_ERROR_ILLEGAL_ADDRESS")
    camera.film(engine, frame(2))
    camera.close(engine)
    assert all(copy.released for copy in engine.copies)
    assert lumas(told[-1]) == [luma_of(0), luma_of(0), luma_of(2)], (
        "the moment that is missing holds the picture before"
    )
    assert "missing in the recording: cuEventQuery failed" in caplog.text
    caplog.clear()


def test_a_failure_ends_the_recording_with_what_it_has(
    camera: Camera, told: deque[Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine: Any = Films(slots=0)
    camera.film(engine, frame(0))

    def refuse(*_: object) -> Callable[[], None]:
        raise ValueError("no")

    monkeypatch.setattr(engine, "read", refuse)
    with pytest.raises(ValueError, match="no"):
        camera.film(engine, frame(1))
    assert not told[-1].running
    assert lumas(told[-1]) == [luma_of(0)]


def test_closing_beside_holds_nobody_up_and_tells_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, told = Films(), list[Recording]()
    going_on = threading.Event()
    for problem in ("", "the disk is on fire"):
        form = RecordingForm(FPS)
        camera = Camera(tmp_path / (problem or "fine"), form, lambda _frame, index: index / FPS, told.append)
        camera.film(engine, frame(0))
        engine.copies[-1].arrived = True
        camera.film(engine, frame(1))
        engine.copies[-1].arrived = True
        assert camera.is_closing, "not asked yet: nothing may be forgotten"
        close = Recorder.close

        def slow(self: Recorder, problem: str = problem, close: Any = close, **late: Any) -> None:
            assert going_on.wait(5)
            close(self, **late)
            if problem:
                raise RecordingError(problem)

        monkeypatch.setattr(Recorder, "close", slow)
        camera.close_beside(engine)
        assert all(one.running for one in told), "it came back before the files were complete"
        going_on.set()
        camera.wait()
        assert not camera.is_closing
        assert (told[-1].running, told[-1].problem, told[-1].frames) == (False, problem, 2)
        monkeypatch.undo()
        going_on.clear()
        told.clear()
