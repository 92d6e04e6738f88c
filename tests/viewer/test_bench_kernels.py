"""`mien bench kernels`, and the table of its figures that lies beside the kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpu_core.cuda import nvrtc
from gpu_core.errors import MienError, PathUnavailable
from tests.emulation.build import CannotBuild, compiler
from viewer import bench
from viewer.benches import kernels

pytest.importorskip("cuda.bindings.nvrtc", reason="cuda-python is not installed")
TABLE = nvrtc.FOLDER / "KERNELS.md"


@pytest.fixture
def gxx() -> str:
    try:
        return compiler()
    except CannotBuild as error:
        pytest.skip(str(error))


@pytest.mark.soak
def test_the_table_is_of_these_kernels(
    gxx: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    report, table = tmp_path / "kernels.json", tmp_path / "table.md"
    assert bench.main(["kernels", "--json", str(report), "--table", str(table)]) == 0
    figures = json.loads(report.read_text())
    if request.config.getoption("--regenerate-references"):
        TABLE.write_text(table.read_text())
    assert table.read_text() == TABLE.read_text(), "./run bench kernels --table gpu_core/cuda/KERNELS.md"
    for row in figures["kernels"]:
        assert row["remark"] or row["ratio"] == pytest.approx(1.0, abs=0.01), f"{row['name']}: say why it moves more"
        assert set(row["registers"]) == set(kernels.ARCHITECTURES)
    assert set(figures["resources"]) == {name for names in nvrtc.ENTRY_POINTS.values() for name in names}
    assert "pack_nchw_float16" in capsys.readouterr().out


def test_a_short_table_holds_every_figure(gxx: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The whole one takes half a minute and more: it is for `-m soak`."""
    monkeypatch.setattr(kernels, "ARCHITECTURES", ("89",))
    monkeypatch.setattr(kernels, "cases", lambda of=kernels.cases: of()[:2])
    report, table = tmp_path / "kernels.json", tmp_path / "table.md"
    assert bench.main(["kernels", "--json", str(report), "--table", str(table)]) == 0
    rows = json.loads(report.read_text())["kernels"]
    assert len(rows) == 2
    for row in rows:
        assert row["bytes_moved"] >= row["bytes_needed"] > 0
        assert row["registers"]["89"]
        assert row["name"] in table.read_text()


def test_what_cannot_be_had_here_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(*_: object) -> None:
        raise PathUnavailable("no compiler")

    monkeypatch.setattr(nvrtc, "compile_file", missing)
    monkeypatch.setattr(kernels, "_counting_bench", lambda: (None, "no g++"))
    monkeypatch.setattr(kernels, "_measure_on_gpu", lambda _rows: ["not measured on a GPU: none"])
    assert bench.main(["kernels"]) == 0
    printed = capsys.readouterr().out
    for said in ("registers are not known: no compiler", "bytes are not counted: no g++", "not measured on a GPU"):
        assert said in printed


def test_a_table_without_figures_is_not_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kernels, "_counting_bench", lambda: (None, "no g++"))
    monkeypatch.setattr(kernels, "_resources", lambda: ({}, ["no compiler"]))
    with pytest.raises(MienError, match=r"the table needs all figures: no compiler; bytes are not counted: no g\+\+"):
        bench.main(["kernels", "--table", str(tmp_path / "table.md")])
    assert not (tmp_path / "table.md").exists()
