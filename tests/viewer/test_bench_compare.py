"""`mien bench --compare`: it finds what is slower, calls nothing slower that is not, refuses what it cannot judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gpu_core.errors import MienError
from viewer import bench
from viewer.benches.bench_samples import BenchFile
from viewer.benches.compare import FASTER, FEW, MACHINE, SLOWER, compare, drifts, holm, rounds_needed

METRICS = ("fps", "latency_ms", "core_ms", "pose_ms", "render_ms", "infer_ms", "copy_in_ms")
TAKES = ("still face", "talking")
COMPARISONS = 100


def document(
    seed: int = 0, *, rounds: int = 8, noise: float = 0.03, mood: float = 1.0, unsure: float = 0.01, **slower: float
) -> Any:
    """What a bench writes: every metric is about 20, those named times what is said, all of it times the mood; the
    fixed work tells that mood as sure as said."""
    chance = np.random.default_rng(seed)

    def samples(metric: str) -> list[float]:
        told = 20.0 * slower.get(metric, 1.0) * mood * (1 + noise * chance.standard_normal(rounds))
        return [float(value) for value in (400.0 / told if metric == "fps" else told)]

    rows = [
        {
            "name": take,
            "samples": {metric: samples(metric) for metric in METRICS},
            **{
                entry: [float(value) for value in 5.0 * mood * (1 + unsure * chance.standard_normal(rounds))]
                for entry in ("calibration_ms", "calibration_core_ms")
            },
        }
        for take in TAKES
    ]
    machine = {"processor": "a processor", "cores": 2, "platform": "Linux-1"}
    return {"bench": "pipeline", "schema": 1, "machine": machine, "settings": {"path": "host"}, "rows": rows}


@pytest.fixture
def command(tmp_path, capsys):
    """Compare two documents by the command; gives the exit code and what was printed."""

    def run(old: Any, new: Any, *more: str) -> tuple[int, str]:
        paths = [tmp_path / "old.json", tmp_path / "new.json"]
        for path, told in zip(paths, (old, new), strict=True):
            path.write_text(told if isinstance(told, str) else json.dumps(told))
        code = bench.main(["--compare", *map(str, paths), *more])
        return code, capsys.readouterr().out

    return run


def test_a_slow_down_of_a_fifth_is_found_and_named(command, tmp_path):
    report = tmp_path / "verdicts.json"
    code, printed = command(document(1), document(2, infer_ms=1.2), "--json", str(report))
    assert code == 1
    told = json.loads(report.read_text())
    found = {(one["row"], one["metric"]): one for one in told["verdicts"] if one["verdict"] == SLOWER}
    assert set(found) == {(take, "infer_ms") for take in TAKES}
    for one in found.values():
        low, high = one["slower_95"]
        assert 1.1 < low <= one["slower"] <= high < 1.3
        assert one["p_holm"] <= 0.05
    assert "infer_ms" in printed
    assert "render_ms" not in printed, "what stayed the same is not shown"
    assert told["slower"] == 2
    assert told["faster"] == 0


def test_faster_is_no_reason_to_fail_and_more_frames_are_faster(command):
    code, printed = command(document(1), document(2, fps=0.8))
    assert code == 0
    assert "faster" in printed
    code, printed = command(document(1), document(2, fps=1.25))
    assert code == 1
    assert "fps" in printed


def test_what_is_sure_but_small_does_not_count(command):
    old, new = document(1, noise=0.001), document(2, noise=0.001, infer_ms=1.04)
    assert command(old, new)[0] == 0
    assert command(old, new, "--threshold", "2")[0] == 1


def test_microseconds_do_not_count(command):
    old, new = document(1), document(2, copy_in_ms=1.5)
    for told in (old, new):
        for row in told["rows"]:
            row["samples"]["copy_in_ms"] = [value / 1000 for value in row["samples"]["copy_in_ms"]]
    assert command(old, new)[0] == 0


def test_a_slower_machine_is_not_a_slower_program(command):
    code, printed = command(document(1), document(2, mood=1.2))
    assert code == 0
    assert "the machine itself was 2" in printed
    assert f"{len(METRICS) * len(TAKES)} {MACHINE}" in printed
    code, printed = command(document(1), document(2, mood=1.2, infer_ms=1.3))
    assert code == 1
    assert f"2 {SLOWER}" in printed


def test_moods_may_stand_beside_the_rows(command):
    old, new = document(1), document(2, mood=1.2)
    for told in (old, new):
        moods = {entry: told["rows"][0].pop(entry) for entry in ("calibration_ms", "calibration_core_ms")}
        told |= moods
        del told["rows"][1]
    code, printed = command(old, new)
    assert code == 0
    assert f"{len(METRICS)} {MACHINE}" in printed


def test_a_faster_machine_is_no_faster_program(command):
    code, printed = command(document(1), document(2, mood=0.8))
    assert code == 0
    assert "slower by less may hide" in printed
    assert f"{len(METRICS) * len(TAKES)} {MACHINE}" in printed
    _, printed = command(document(1), document(2, mood=0.8, infer_ms=0.7))
    assert f"2 {FASTER}" in printed


def test_a_mood_badly_known_neither_hides_nor_makes_a_slow_down(command):
    _, printed = command(document(1), document(2, unsure=0.2, infer_ms=1.5))
    assert f"2 {SLOWER}" in printed
    for seed in range(10, 16):
        assert command(document(1, unsure=0.3), document(seed, unsure=0.3, mood=1.2))[0] == 0


def test_processor_time_is_judged_by_processor_time(command):
    """A busy neighbour makes everything last longer, and costs nobody more of the processor."""
    old, new = document(1), document(2, mood=1.3, core_ms=1.2 / 1.3)
    for row in new["rows"]:
        row["calibration_core_ms"] = [5.0] * 8
    code, printed = command(old, new)
    assert code == 1
    assert f"2 {SLOWER}" in printed
    assert [line.split()[-1] for line in printed.splitlines() if "core_ms" in line] == [SLOWER] * 2


def test_too_few_rounds_are_said_to_be(command):
    code, printed = command(document(1, rounds=3), document(2, rounds=3, infer_ms=2.0))
    assert code == 2, "a script must not take this for good news"
    assert f"14 {FEW}" in printed
    assert f"{rounds_needed(14)} in each file are enough" in printed
    assert command(document(1, rounds=rounds_needed(14)), document(2, rounds=rounds_needed(14), infer_ms=2.0))[0] == 1


def test_what_is_sure_beside_others_is_slower_although_its_rounds_are_few():
    """Four rounds suffice for the last of several tests, whose others are sure by far."""
    old, new = document(1, rounds=20), document(2, rounds=20, **dict.fromkeys(METRICS, 2.0))
    for told in (old, new):
        told["rows"] = told["rows"][:1]
        told["rows"][0]["samples"]["pose_ms"] = told["rows"][0]["samples"]["pose_ms"][:4]
    found = {one.metric: one for one in compare(*files(old, new), threshold=0.05)}
    assert found["pose_ms"].p_holm == pytest.approx(2 / 70)
    assert {one.verdict for one in found.values()} == {SLOWER}


def test_rounds_are_asked_for_what_is_tested(command):
    old, new = document(1, rounds=3), document(2, rounds=3)
    new["rows"][1]["name"] = "singing"  # nothing to compare its seven metrics with
    assert f"with 7 tests, {rounds_needed(7)} in each file" in command(old, new)[1]


def test_rows_that_only_one_file_has_are_told(command):
    new = document(2)
    new["rows"][1]["name"] = "singing"
    code, printed = command(document(1), new)
    assert code == 0
    assert "only in the old" in printed
    assert "only in the new" in printed


def test_what_was_measured_beside_a_gpu_is_compared_as_well(command):
    old, new = document(1), document(2)
    for told, ms in ((old, 2.0), (new, 3.0)):
        batches = {"samples": {"batch_ms": [ms + number / 100 for number in range(8)]}}
        told["interop"] = [{"way": "image", "faces": faces, "engine": "TensorRT", **batches} for faces in (1, 4)]
    code, printed = command(old, new)
    assert code == 1
    assert "image TensorRT faces 1" in printed
    assert "image TensorRT faces 4" in printed


def test_what_takes_no_time_is_not_compared(command):
    new = document(2)
    new["rows"][0]["samples"]["pose_ms"] = [0.0] * 8
    code, printed = command(document(1), new)
    assert code == 0
    assert "1 not comparable" in printed


def test_other_settings_and_drift_are_noted(command):
    new = document(2)
    new["settings"]["path"] = "cuda"
    new["rows"][0]["samples"]["fps"] = [20.0 + number for number in range(8)]
    _, printed = command(document(1), new)
    assert "path: host -> cuda" in printed
    assert "new.json drifts" in printed


def files(old: Any, new: Any) -> tuple[BenchFile, BenchFile]:
    """Two documents as they are read."""
    told = []
    for one in (old, new):
        series = {(row["name"], metric): tuple(row["samples"][metric]) for row in one["rows"] for metric in METRICS}
        told.append(BenchFile(Path("a.json"), "pipeline", {}, {}, series))
    return told[0], told[1]


def test_equal_programs_are_called_slower_no_oftener_than_the_level(monkeypatch):
    monkeypatch.setattr("viewer.benches.compare.RESAMPLES", 10)
    wrong = 0
    for seed in range(COMPARISONS):
        old, new = document(2 * seed), document(2 * seed + 1)
        for told in (old, new):
            told["rows"] = told["rows"][:1]
        found = compare(*files(old, new), threshold=1e-9)
        wrong += any(one.verdict in (SLOWER, FASTER) for one in found)
    # At an error level of 5 % a comparison; 1 in 1000 sound tests would be beyond.
    assert wrong <= stats.binom.ppf(0.999, COMPARISONS, 0.05)


def test_a_fifth_is_found_nearly_always(monkeypatch):
    monkeypatch.setattr("viewer.benches.compare.RESAMPLES", 10)
    found = 0
    for seed in range(30):
        verdicts = compare(*files(document(2 * seed), document(2 * seed + 1, infer_ms=1.2)), threshold=0.05)
        found += [one.verdict for one in verdicts if one.metric == "infer_ms"] == [SLOWER, SLOWER]
    assert found >= 28


@given(st.lists(st.floats(0, 1), max_size=30))
def test_holm_keeps_order_and_never_lowers(p):
    adjusted = holm(p)
    assert all(a >= one for a, one in zip(adjusted, p, strict=True))
    assert all(a <= 1 for a in adjusted)
    assert [a for _, a in sorted(zip(p, adjusted, strict=True))] == sorted(adjusted)
    if p:
        assert min(adjusted) == min(1.0, len(p) * min(p))


def test_a_file_without_drift_is_seldom_said_to_drift():
    def noted(among: int) -> int:
        told = [[tuple(row["samples"][m]) for row in document(seed)["rows"] for m in METRICS] for seed in range(60)]
        return sum(any(drifts(series, among=among) for series in file) for file in told)

    assert noted(len(TAKES) * len(METRICS)) <= 3
    assert noted(1) > 3, "by chance one in a hundred series of the fourteen in each of sixty files"


def test_drift_is_seen():
    assert drifts(tuple(float(number) for number in range(8)))
    assert not drifts((1.0,) * 8)
    assert not drifts((3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0))


# ---- refusals --------------------------------------------------------------------------------------------------------


def changed(**fields: Any) -> Any:
    """A good document with some of its fields replaced."""
    return document() | fields


REFUSED = {
    "other kind": (changed(bench="ablation"), "mien bench ablation"),
    "newer": (changed(schema=2), "newer Mien"),
    "other machine": (changed(machine={"processor": "another", "cores": 2}), "different machines"),
    "no machine": (changed(machine=None), "different machines"),
    "not JSON": ("{", "not JSON"),
    "nested": ("[" * 100_000, "JSON"),
    "no object": ("[]", "not a file that"),
    "no bench": ("{}", "not a file that"),
    "no rows": (changed(rows={}), "keeps no samples"),
    "no samples": (changed(rows=[{"name": "x"}]), "no samples"),
    "text": (changed(rows=[{"name": "x", "samples": {"fps": ["fast"]}}]), "not all numbers"),
    "negative": (changed(rows=[{"name": "x", "samples": {"fps": [-1.0]}}]), "not all numbers"),
    "NaN": ('{"bench": "pipeline", "schema": 1, "rows": [{"samples": {"fps": [NaN]}}]}', "not all numbers"),
    "twins": (changed(rows=document()["rows"] * 2), "two rows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_refused_in_one_line(command, case):
    told, reason = REFUSED[case]
    with pytest.raises(MienError, match=reason) as caught:
        command(document(), told)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_file_and_an_unwritable_report_are_refused(tmp_path):
    with pytest.raises(MienError, match="cannot be read"):
        bench.main(["--compare", str(tmp_path / "no.json"), str(tmp_path / "no.json")])
    with pytest.raises(MienError, match="folder"):
        bench.main(["--compare", "a", "b", "--json", str(tmp_path)])


def test_another_machine_is_compared_with_a_warning(command):
    new = changed(machine={"processor": "another", "cores": 2})
    code, printed = command(document(), new, "--any-machine")
    assert code == 0
    assert "DIFFERENT MACHINES" in printed


def test_without_scipy_the_remedy_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MienError, match="run bench --compare installs it"):
        bench.main(["--compare", "a", "b"])


@pytest.mark.parametrize("arguments", [["--compare"], ["--compare", "a"], ["--compare", "a", "b", "--threshold", "0"]])
def test_senseless_arguments_are_one_line(arguments):
    with pytest.raises(MienError, match="--help"):
        bench.main(arguments)


def test_help_warns_of_moods(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--compare", "--help"])
    assert "mood" in capsys.readouterr().out


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
NUMBERS = st.lists(st.floats(0, 1e12) | st.just(0.0) | st.integers(-1, 10**30), max_size=9)
HOSTILE_SAMPLES = st.dictionaries(st.sampled_from(METRICS), NUMBERS | ANY_JSON, max_size=3) | ANY_JSON
HOSTILE_ROW = st.fixed_dictionaries(
    {}, optional={"name": ANY_JSON, "samples": HOSTILE_SAMPLES, "calibration_ms": NUMBERS | ANY_JSON}
)
HOSTILE_ROWS = st.lists(HOSTILE_ROW | ANY_JSON, max_size=3)
HOSTILE = st.fixed_dictionaries(
    {"bench": st.just("pipeline") | ANY_JSON, "schema": st.just(1) | ANY_JSON, "rows": HOSTILE_ROWS | ANY_JSON},
    optional={"machine": ANY_JSON, "settings": ANY_JSON, "versions": ANY_JSON},
)


@settings(max_examples=100, deadline=None)
@given(HOSTILE | ANY_JSON)
def test_hostile_files_are_judged_or_refused(tmp_path_factory, told):
    path = tmp_path_factory.getbasetemp() / "hostile.json"
    path.write_text(json.dumps(told))
    refused = ""
    try:
        bench.main(["--compare", str(path), str(path), "--any-machine", "--all"])
    except MienError as error:
        refused = str(error)
    assert len(refused.splitlines()) <= 1
