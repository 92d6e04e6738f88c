"""viewer.benches.streams, streams_picture, line_chart: table, figures, plan and picture of many faces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gpu_core.assets import resources_root
from gpu_core.errors import MienError, MpsError
from tests.viewer.streams.test_planner import FakePlayers
from viewer import bench
from viewer.benches import streams
from viewer.benches.bench_samples import read_bench
from viewer.benches.line_chart import nice_top, spread
from viewer.benches.streams_picture import charts, draw
from viewer.streams.gpu_sharing import Sharing
from viewer.streams.plan_cache import PlanCache
from viewer.streams.planner import key_of
from viewer.streams.values import StreamForm

RATES = {"serial": [40.0, 42.0, 41.0], "batch": [50.0], "workers": [62.0, 60.0, 61.0], "classic": [12.0]}
MACHINE = {"processor": "AMD EPYC, 2 cores, AVX2"}


def run(tmp_path: Path, *more: str) -> dict[str, Any]:
    """Run the bench with players that only say so."""
    parser = bench._parser()
    options = parser.parse_args(["streams", "--faces", "1,2,4", "--rounds", "3", *more])
    return streams.run(options, FakePlayers(RATES), PlanCache(tmp_path / "cache"))


def row(figures: dict[str, Any], way: str, faces: int) -> dict[str, Any]:
    return next(one for one in figures["rows"] if (one["way"], one["faces"]) == (way, faces))


def test_every_row_is_compared_with_serial_and_with_one_face(tmp_path: Path) -> None:
    figures = run(tmp_path)
    assert len(figures["rows"]) == 12
    assert row(figures, "serial", 4)["ratio"] == 1.0
    assert row(figures, "workers", 4)["ratio"] == pytest.approx(61.0 / 41.0, abs=0.001)
    assert row(figures, "workers", 4)["efficiency"] == pytest.approx(0.25)
    assert row(figures, "batch", 1)["efficiency"] == 1.0
    assert row(figures, "workers", 1)["samples"]["faces_per_s"] == [62.0, 60.0, 61.0]
    assert figures["holds"]["workers"]["25 fps"] == 2
    assert figures["holds"]["batch"]["15 fps"] == 3


def test_the_table_says_what_it_comes_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert "this machine holds 2 streams of 256x256 at 25 fps, by a worker each" in lines
    assert "4 faces: workers makes 1.49 times what serial makes, and 5.08 times what the classic path makes" in lines
    assert any(line.startswith("CUDA MPS off and on is not compared:") for line in lines)
    table = [line for line in lines if line.startswith(("way", "serial", "batch", "workers", "classic"))]
    assert len(table) == 13
    assert len({len(line) for line in table}) == 1, "columns stand below each other"


def test_the_plan_is_kept_for_those_who_ask_later_unless_it_was_quick(tmp_path: Path) -> None:
    key = key_of(StreamForm(size=256))
    run(tmp_path, "--quick")
    assert PlanCache(tmp_path / "cache").get(key) is None
    run(tmp_path)
    kept = PlanCache(tmp_path / "cache").get(key)
    assert kept is not None
    assert kept.holds() == 2
    assert kept.engine == "numpy int8"


def test_where_there_is_a_gpu_mps_is_compared_and_what_it_needed_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @contextmanager
    def shared(how: str, _limits: object, *, tell: object) -> Iterator[Sharing]:
        told.append(how)
        yield Sharing(environment={"PIPES": how})
        told.append(f"{how} ended")

    monkeypatch.setattr(streams, "mps_problem", lambda: "")
    monkeypatch.setattr("viewer.streams.gpu_sharing.shared", shared)
    with ExitStack() as owned:
        environments, problem = streams.mps_environments(owned)
        assert environments == {"workers": {"PIPES": "off"}, "workers mps": {"PIPES": "on"}}
        assert problem == ""
    assert told == ["on", "off", "off ended", "on ended"]


def test_where_mps_cannot_be_started_one_line_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def shared(*_: object, **__: object) -> None:
        raise MpsError("there is no nvidia-cuda-mps-control")

    monkeypatch.setattr(streams, "mps_problem", lambda: "")
    monkeypatch.setattr("viewer.streams.gpu_sharing.shared", shared)
    with ExitStack() as owned:
        environments, problem = streams.mps_environments(owned)
    assert environments == {}
    assert streams.mps_note(problem) == "CUDA MPS off and on is not compared: there is no nvidia-cuda-mps-control"


def test_without_one_face_nothing_is_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run(tmp_path, "--faces", "4", "--no-classic")
    assert "sentence" not in figures
    assert not any("this machine holds" in line for line in capsys.readouterr().out.splitlines())
    assert PlanCache(tmp_path / "cache").get(key_of(StreamForm(size=256))) is None


def test_json_has_its_picture_beside_it_and_can_be_compared(tmp_path: Path) -> None:
    from viewer.benches.bench_file import heading, write_figures

    path = tmp_path / "streams.json"
    figures = heading("streams") | run(tmp_path, "--json", str(path))
    write_figures(path, figures)
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.size == (1680, 640)
    told = read_bench(path)
    assert "faces_per_s" in {metric for _, metric in told.series}
    assert len(told.series) == 48
    assert json.loads(path.read_text())["plan"]["points"]


@pytest.mark.parametrize("faces", ["0", "1000000", "", "two", "1,,2", "-1", "65", "1.5"])
def test_numbers_of_faces_that_there_are_not(faces: str) -> None:
    with pytest.raises(MienError, match="from 1 to 64"):
        bench.main(["streams", f"--faces={faces}"])


def test_a_generator_by_its_name_or_file(tmp_path: Path) -> None:
    assert streams.named_generator(None) is None
    assert streams.named_generator("swift") == resources_root() / "models" / "swift.onnx", "not the one for this size"
    assert streams.named_generator("fine") == resources_root() / "models" / "fine.onnx"
    own = tmp_path / "own.onnx"
    own.write_bytes(b"")
    assert streams.named_generator(str(own)) == own
    for text in ("nothing", str(tmp_path)):
        with pytest.raises(MienError, match="there is no generator"):
            streams.named_generator(text)


def test_a_picture_never_takes_the_place_of_the_figures() -> None:
    assert streams.picture_beside(Path("a/b.json")) == Path("a/b.png")
    assert streams.picture_beside(Path("a/b.png")) == Path("a/b.png.png")


# ---- the picture -----------------------------------------------------------------------------------------------------


def test_the_curve_of_what_is_needed_ends_at_the_top(tmp_path: Path) -> None:
    throughput, latency, efficiency = charts(run(tmp_path))
    needed = throughput.lines[-1]
    assert needed.is_dashed
    assert needed.points[-1][1] <= throughput.top
    assert needed.points[0] == (1.0, 25.0)
    assert [line.label for line in throughput.lines[:-1]] == ["workers", "one batch", "serial", "classic"]
    assert "classic" not in [line.label for line in (*latency.lines, *efficiency.lines)]
    assert all(max(y for _, y in line.points) <= chart.top for chart in (throughput, latency) for line in chart.lines)


@pytest.mark.parametrize("faces", ["1", "4", "1,2,3,5,8,13"])
def test_it_is_drawn_whatever_was_measured(tmp_path: Path, faces: str) -> None:
    picture = np.asarray(draw(run(tmp_path, "--faces", faces), MACHINE))
    for colour in ((0x56, 0xB4, 0xE9), (0xE6, 0x9F, 0x00), (0xCC, 0x79, 0xA7)):
        near = np.abs(picture.astype(int) - colour).max(axis=2) < 12
        assert near.sum() > 100, "each way's curve and label is there"
    edges = np.concatenate([picture[:, -6:].reshape(-1, 3), picture[-6:].reshape(-1, 3), picture[:6].reshape(-1, 3)])
    assert len(np.unique(edges, axis=0)) == 1, "nothing runs out of the picture"


@given(st.floats(1e-3, 1e9))
def test_an_axis_ends_at_a_round_number_that_holds_everything(value: float) -> None:
    top = nice_top(value)
    assert value <= top * (1 + 1e-6)
    assert top <= 2.5 * value * (1 + 1e-6)


@given(st.lists(st.floats(0.0, 500.0), max_size=6))
def test_labels_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, 20.0, 0.0, 500.0)
    assert all(-1e-9 <= at <= 500.0 + 1e-9 for at in placed)
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    assert all(placed[after] - placed[before] >= 20.0 - 1e-9 for before, after in pairwise(order))
    alone = [abs(one - other) >= 20.0 for number, one in enumerate(wanted) for other in wanted[number + 1 :]]
    if all(alone):
        assert placed == pytest.approx(wanted)
