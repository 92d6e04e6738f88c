"""viewer.farm.run: what comes back is kept and joined, what fails is tried again, one bad take leaves the others be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.errors import MienError
from tests.farm_fakes import FPS, JOB, FakeExecutor, Fate, done, failed, farm_take, grey_video, lost
from viewer.farm.finished import FinishedVideos
from viewer.farm.run import MOST_TRIES, FarmRun, FarmTake
from viewer.farm.values import Ended, Event, Made, Work

SEGMENT_S = 0.4


def run_of(folder: Path, *takes: FarmTake, overwrite: bool = False) -> tuple[FarmRun, list[str]]:
    said: list[str] = []
    finished = FinishedVideos(folder, overwrite=overwrite)
    return FarmRun(takes, JOB, finished, segment_s=SEGMENT_S, say=said.append), said


def greys_of(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


def rendered(folder: Path, *takes: FarmTake, fate: Fate = lambda _work, _tries: None) -> tuple[FarmRun, list[str]]:
    run, said = run_of(folder, *takes)
    run.go(FakeExecutor(fate=fate))
    return run, said


def test_takes_become_videos_with_every_frame_at_its_moment(tmp_path: Path) -> None:
    takes = [farm_take(tmp_path / "a.mp4"), farm_take(tmp_path / "b.mp4", 5, start=0.5)]
    told: list[int] = []
    run, said = run_of(tmp_path, *takes)
    run.go(FakeExecutor(), told.append)
    for take in takes:
        wanted = [255 * take.faces[place]["jawOpen"] for place in range(len(take.faces))]
        assert np.diff(greys_of(take.out)) == pytest.approx(np.diff(wanted), abs=3)
        with av.open(str(take.out)) as container:
            stream = container.streams.video[0]
            assert (stream.average_rate, stream.frames, len(container.streams)) == (FPS, len(take.faces), 1)
            times = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.size]
        assert [float(time * 10) for time in times] == list(range(len(take.faces)))
    assert said == []
    assert told == sorted(told)
    assert (told[-1], run.total, run.rendered) == (17, 17, 17)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mien-farm.json", "a.mp4", "b.mp4"]


def test_what_failed_on_the_way_changes_no_byte(tmp_path: Path) -> None:
    def fate(work: Work, tries: int) -> Event | None:
        return {1: failed(work), 2: lost(work)}.get(tries if work.first else 3)

    (tmp_path / "y").mkdir()
    _, said = rendered(tmp_path / "y", farm_take(tmp_path / "y" / "a.mp4"), fate=fate)
    assert (tmp_path / "y" / "a.mp4").read_bytes() == _whole(tmp_path / "x")
    assert any("frames 4 to 7 are rendered again: the engine is on fire (here)" in line for line in said)


def _whole(folder: Path) -> bytes:
    folder.mkdir(exist_ok=True)
    out = folder / "a.mp4"
    if not out.exists():
        rendered(folder, farm_take(out))
    return out.read_bytes()


def test_a_segment_that_fails_three_times_ends_its_take_alone(tmp_path: Path) -> None:
    takes = [farm_take(tmp_path / f"{name}.mp4") for name in "abc"]
    executor = FakeExecutor(fate=lambda work, _tries: failed(work) if work.key == (1, 4) else None)
    run, said = run_of(tmp_path, *takes)
    run.go(executor)
    assert executor.submitted.count((1, 4)) == MOST_TRIES
    assert [take.out.exists() for take in takes] == [True, False, True]
    assert run.failed == [("b.csv", "frames 4 to 7 failed 3 times: the engine is on fire (here)")]
    assert sum("given up" in line for line in said) == 1
    assert run.made == run.total
    rendered(tmp_path, *(farm_take(tmp_path / f"{name}.mp4") for name in "abc"))
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_a_lost_node_is_nobodys_fault(tmp_path: Path) -> None:
    fate = lambda work, tries: lost(work, blamed=False) if tries <= MOST_TRIES + 2 else None  # noqa: E731
    run, _ = rendered(tmp_path, farm_take(tmp_path / "a.mp4"), fate=fate)
    assert run.failed == []
    run, _ = rendered(tmp_path, farm_take(tmp_path / "b.mp4"), fate=lambda work, _tries: lost(work))
    assert len(run.failed) == 1


def test_a_segment_that_was_damaged_on_the_way_is_made_again(tmp_path: Path) -> None:
    def fate(work: Work, tries: int) -> Event | None:
        return replace(done(work), data=b"damaged") if tries == 1 else None

    _, said = rendered(tmp_path, farm_take(tmp_path / "a.mp4"), fate=fate)
    assert (tmp_path / "a.mp4").read_bytes() == _whole(tmp_path / "x")
    assert any("damaged on the way" in line for line in said)


class Interrupted(Exception):
    pass


def interrupted(folder: Path, *takes: FarmTake, after: int) -> None:
    def tell(made: int) -> None:
        if made >= after:
            raise Interrupted

    run, _ = run_of(folder, *takes)
    with pytest.raises(Interrupted):
        run.go(FakeExecutor(workers=1), tell)


def test_an_interrupted_run_goes_on_and_is_the_same(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    interrupted(tmp_path, farm_take(out), after=8)
    assert not out.exists()
    executor = FakeExecutor()
    run, said = run_of(tmp_path, farm_take(out))
    run.go(executor)
    assert executor.submitted == [(0, 8)]
    assert said == [f"a.csv: going on with 8 of 12 frames, from {out}.parts"]
    assert out.read_bytes() == _whole(tmp_path / "x")


def test_a_run_that_ended_before_joining_renders_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "a.mp4"
    run, _ = run_of(tmp_path, farm_take(out))
    with monkeypatch.context() as patched:
        patched.setattr(FarmRun, "_join", lambda *_: (_ for _ in ()).throw(Interrupted))
        with pytest.raises(Interrupted):
            run.go(FakeExecutor())
    executor = FakeExecutor()
    run, _ = run_of(tmp_path, farm_take(out))
    run.go(executor)
    assert executor.submitted == []
    assert out.read_bytes() == _whole(tmp_path / "x")


def test_the_same_command_again_leaves_finished_videos_alone(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    rendered(tmp_path, farm_take(out))
    before = out.stat().st_mtime_ns
    executor = FakeExecutor()
    run, said = run_of(tmp_path, farm_take(out))
    run.go(executor)
    assert (executor.submitted, out.stat().st_mtime_ns) == ([], before)
    assert said == [f"{out} is finished already"]


def test_workers_whose_pictures_differ_do_not_go_on_with_anothers(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    interrupted(tmp_path, farm_take(out), after=8)
    executor = FakeExecutor(proof="other")
    run, _ = run_of(tmp_path, farm_take(out))
    run.go(executor)
    assert len(executor.submitted) == 3


def test_a_strangers_file_is_not_written_over(tmp_path: Path) -> None:
    out, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    out.write_bytes(b"precious")
    run, said = rendered(tmp_path, farm_take(out), farm_take(other))
    assert out.read_bytes() == b"precious"
    assert other.exists()
    assert len(run.failed) == 1
    assert "--overwrite" in said[0]
    run, _ = run_of(tmp_path, farm_take(out), overwrite=True)
    run.go(FakeExecutor())
    assert out.read_bytes() == other.read_bytes()


def test_the_end_of_the_farm_is_one_line_and_keeps_what_is_made(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    with pytest.raises(MienError, match="no node is left"):
        rendered(tmp_path, farm_take(out), fate=lambda work, _: Ended("no node is left") if work.first == 8 else None)
    executor = FakeExecutor()
    run, _ = run_of(tmp_path, farm_take(out))
    run.go(executor)
    assert executor.submitted == [(0, 8)]


def test_frames_in_the_making_count_until_their_segment_is_given_back(tmp_path: Path) -> None:
    told: list[int] = []

    class Slow(FakeExecutor):
        def wait(self, timeout_s: float) -> list[Event]:
            made: list[Event] = [Made(work.key, 3) for work in self._flying]
            return made if made and told[-1] < 6 else super().wait(timeout_s)

    run, _ = run_of(tmp_path, farm_take(tmp_path / "a.mp4"))
    run.go(Slow(), told.append)
    assert 6 in told
    assert told[-1] == 12


def test_grey_videos_are_the_same_bytes_twice() -> None:
    faces = farm_take(Path("a.mp4")).faces
    assert grey_video(faces) == grey_video(faces)
