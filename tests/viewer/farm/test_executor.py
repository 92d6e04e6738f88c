"""viewer.farm.executor and renderer, with a real engine: the farm's bytes are those of `mien render`."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.errors import InferenceError
from gpu_core.gltf.face import load_face
from gpu_core.settings import EngineSettings
from tests.farm_fakes import jaws
from tests.networks import SIZE, save_network
from viewer import farm_command
from viewer.app import main as mien
from viewer.clips import clip, offline
from viewer.clips.clip import ClipForm, offline_style
from viewer.farm import segments
from viewer.farm.executor import InProcess, rendered
from viewer.farm.inputs import shipped_generator
from viewer.farm.renderer import SegmentRenderer, limit_threads, worker_settings
from viewer.farm.values import Done, Ended, Event, Failed, Job, Made, Opened, Work
from viewer.sessions.expression_csv import TimedExpression, write_csv

FRAMES, FPS = 14, 25.0
FACES = jaws([number / FRAMES for number in range(FRAMES)])
WORK = Work(0, 0, 5, FPS, segments.part_of(FACES, 0, 5))


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    face = load_face(resource("face", "face.glb"))
    return save_network(tmp_path_factory.mktemp("network"), contract=picture_contract(face.sha256))


@pytest.fixture
def job(generator: Path, gl_context: object) -> Job:
    settings = EngineSettings(size=SIZE, depth=3, streams=2, precision="fp32")
    return Job(ClipForm(0.0), offline_style(), settings, generator=shipped_generator(generator))


def until(farm: InProcess, kind: type[Event]) -> list[Event]:
    told: list[Event] = []
    while not any(isinstance(event, kind | Ended) for event in told):
        told += farm.wait(30.0)
    return told


@pytest.mark.gl
def test_a_warm_engine_makes_the_same_bytes_again_whatever_its_threads(job: Job) -> None:
    made = []
    for settings in (job.settings, worker_settings(job.settings, 1.0)):
        with closing(InProcess(replace(job, settings=settings))) as farm:
            (opened,) = until(farm, Opened)
            assert isinstance(opened, Opened)
            for _ in range(2):
                assert farm.room == 1
                farm.submit(WORK)
                assert farm.room == 0
                told = until(farm, Done)
                assert all(isinstance(event, Made) for event in told[:-1])
                made.append((opened.proof, told[-1].data))  # type: ignore[union-attr]
    assert len(set(made)) == 1


@pytest.mark.gl
def test_the_farm_makes_the_file_that_mien_render_makes(
    generator: Path, gl_context: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (offline, farm_command):
        large = offline.offline_settings
        monkeypatch.setattr(module, "offline_settings", lambda options, large=large: replace(large(options), size=SIZE))
    monkeypatch.setattr(clip, "PART_S", 0.2)
    monkeypatch.chdir(tmp_path)
    write_csv(Path("take.csv"), [TimedExpression(number / FPS, face) for number, face in enumerate(FACES)])
    common = ["--model", str(generator), "--precision", "fp32"]
    assert mien(["render", "take.csv", "--out", "one.mp4", *common]) == 0
    monkeypatch.setattr(segments, "SHORTEST_S", 0.1)
    arguments = ["render", "take.csv", "--out", "farm", "--segment", "0.2", *common]
    assert farm_command.main(arguments, lambda job, *_: InProcess(job)) == 0
    assert Path("farm/take.mp4").read_bytes() == Path("one.mp4").read_bytes()


@pytest.mark.gl
def test_an_engine_that_cannot_be_opened_ends_the_farm_with_its_line(job: Job) -> None:
    broken = replace(job, settings=replace(job.settings, precision="int8"))
    with closing(InProcess(broken)) as farm:
        (ended,) = until(farm, Ended)
    assert isinstance(ended, Ended)
    assert "int8" in ended.reason
    assert "\n" not in ended.reason


@pytest.mark.parametrize(
    ("error", "reason", "has_details"),
    [(InferenceError("it failed"), "it failed", False), (ValueError("odd\nmore"), "ValueError: odd", True)],
)
def test_whatever_goes_wrong_with_a_segment_is_a_value(error: Exception, reason: str, has_details: bool) -> None:
    def render(_work: Work) -> tuple[bytes, float]:
        raise error

    told = rendered(SimpleNamespace(render=render), WORK, "here")  # type: ignore[arg-type]
    assert isinstance(told, Failed)
    assert (told.reason, told.where) == (reason, "here")
    assert bool(told.details) == has_details


def test_a_workers_share_is_its_threads() -> None:
    settings = EngineSettings(streams=2)
    assert (worker_settings(settings, 0.5).threads, worker_settings(settings, 0.5).streams) == (1, 1)
    assert (worker_settings(settings, 4.0).threads, worker_settings(settings, 4.0).streams) == (4, 2)


def test_threads_are_limited_for_what_is_loaded_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LP_NUM_THREADS", "7")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    limit_threads(0.5)
    assert (os.environ["LP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]) == ("1", "1")


@pytest.mark.gl
def test_a_renderer_leaves_no_file_behind(job: Job) -> None:
    renderer = SegmentRenderer(job)
    renderer.open()
    renderer.render(WORK)
    folder = renderer._folder
    assert not list(folder.glob("*.mp4"))
    renderer.close()
    assert not folder.exists()
