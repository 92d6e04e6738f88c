"""`mien bench peers`: everybody does the same, and who is not there is a row that says so. No test asserts a time."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from tests.networks import save_network, save_quantised
from viewer import bench
from viewer.benches import engines, kinds, peer_conversions, peer_drawing, peer_engines
from viewer.benches.engine_row import first_output
from viewer.benches.peer_pyrender import MODES, turned_to
from viewer.benches.peer_rows import PeerRow, Round, print_table, with_ratios
from viewer.benches.peer_scene import write_scene

WAYS = ("still", "moving")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A tiny generator instead of the shipped one, and no other environments."""
    network = save_network(tmp_path)
    save_quantised(network)
    monkeypatch.setattr(kinds, "_models", lambda _: [load_model(network)])
    monkeypatch.setattr(peer_drawing, "PEERS_PYTHON", tmp_path / "no-python")
    monkeypatch.setattr(
        engines, "interpreter", lambda engine: tmp_path / "no" if "PyTorch" in engine else Path(sys.executable)
    )
    return network


@pytest.mark.gl
def test_everybody_is_measured_or_says_why_not(tiny, tmp_path, capsys):
    report = tmp_path / "peers.json"
    assert bench.main(["peers", "--quick", "--json", str(report)]) == 0
    told = json.loads(report.read_text())
    assert told["bench"] == "peers"
    rows = {(row["peers"], row["name"]): row for row in told["rows"]}
    for part in (peer_conversions.PACK, peer_conversions.UNPACK):
        assert {name for of, name in rows if of == part} >= {"Mien", "Pillow + numpy", "torchvision"}
    assert rows[peer_engines.PART, "PyTorch eager fp32"]["missing"]
    for engine in ("OpenVINO fp32", "OpenVINO bf16", "OpenVINO int8"):
        row = rows[peer_engines.PART, engine]
        assert "of 255" in row.get("difference", "") or "missing" in row
    for part in peer_drawing.PARTS.values():
        assert rows[part, "Mien"]["median_ms"] > 0
        assert all("not installed" in rows[part, f"pyrender, {mode}"]["missing"] for mode in MODES)
    for row in rows.values():
        assert "missing" in row or set(row["samples"]) == {"time_ms", "core_ms"}
    printed = capsys.readouterr().out
    assert "missing: pyrender" in printed
    assert all(part in printed for part in peer_drawing.PARTS.values())
    assert bench.main(["--compare", str(report), str(report)]) == 2, "one round tells nothing"


@pytest.mark.gl
@pytest.mark.skipif(find_spec("openvino") is None, reason="there is no OpenVINO here")
def test_the_shipped_int8_file_is_given_its_own_layout(monkeypatch, tmp_path):
    monkeypatch.setattr(peer_engines, "ROWS", (("OpenVINO", "fp32"), ("OpenVINO", "int8")))
    found = peer_engines.Engines(load_model(resource("models", "swift.onnx")), tmp_path)
    found.play(1, 0)
    exact, quantised = found.rows()
    assert (exact.missing, quantised.missing) == ("", "")
    assert float(quantised.difference.rpartition("mean ")[2]) < 1.0, "of 255: the same face"


def test_all_conversions_come_to_the_same():
    conversions = peer_conversions.Conversions()
    conversions.play(1, 0)
    for row in conversions.rows():
        assert row.missing or len(row.rounds) == 1
        if row.name == "torchvision" and not row.missing:
            assert row.difference in ("none", "at most 1 of 255")  # it multiplies by 255.999
        elif row.name != peer_conversions.OURS and not row.missing:
            assert row.difference == "none" or "e-" in row.difference


def test_a_conversion_that_does_something_else_is_seen(monkeypatch):
    monkeypatch.setattr(peer_conversions, "_pillow_unpack", lambda work: work.picture + np.uint8(3))
    rows = peer_conversions.Conversions().rows()
    (wrong,) = [row for row in rows if row.part == peer_conversions.UNPACK and row.name == "Pillow + numpy"]
    assert "of 255" in wrong.difference


def test_ratios_are_to_the_first_row_of_a_part(capsys):
    rows = [
        PeerRow("a", "first", rounds=[Round([1.0, 2.0, 3.0], 4.0)]),
        PeerRow("a", "second", rounds=[Round([6.0], 2.0)], difference="none", remark="blue"),
        PeerRow("a", "third", "is not here"),
        PeerRow("b", "first", "is not here"),
        PeerRow("b", "second", rounds=[Round([6.0], 2.0)]),
    ]
    told = with_ratios([row.figures() for row in rows])
    assert (told[0]["times_median_ms"], told[1]["times_median_ms"], told[1]["times_core_ms"]) == (1.0, 3.0, 0.5)
    assert told[0]["samples"] == {"time_ms": [2.0], "core_ms": [4.0]}
    assert told[2] == {"peers": "a", "name": "third", "missing": "is not here"}
    assert "times_median_ms" not in told[4]
    print_table(told)
    printed = capsys.readouterr().out
    assert "missing: is not here" in printed
    assert "none; blue" in printed


def test_outputs_are_found_in_whatever_an_engine_gives():
    value = np.float32([1, 2])
    for given in ([value], {"face": value}):
        np.testing.assert_array_equal(first_output(given), value)


# ---- drawing ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def face():
    return load_face(resource(*DEFAULT_FACE))


def test_the_scene_is_the_face(face, tmp_path):
    write_scene(face, [NEUTRAL, NEUTRAL.with_weights({"jawOpen": 1.0})], tmp_path / "scene.npz")
    with np.load(tmp_path / "scene.npz") as scene:
        groups = int(scene["groups"])
        assert sum(len(scene[f"triangles{n}"]) for n in range(groups)) == sum(part.count for part in face.parts)
        assert scene["positions"].shape == scene["normals"].shape == (2, len(scene["uvs"]), 3)
        assert scene["colours"].shape == scene["linear_colours"].shape == (len(scene["uvs"]), 4)
        assert (scene["positions"][0] != scene["positions"][1]).any()
        for number in range(groups):
            first, last = scene[f"vertices{number}"]
            assert scene[f"triangles{number}"].max() == last - first - 1
        assert f"texture{groups - 1}" not in scene.files, "the shirt has a colour alone"
        assert scene["lights"].shape == (4, 7)


def test_pictures_are_compared_by_colour_and_outline():
    ours = np.zeros((8, 8, 4), np.uint8)
    ours[2:6, 2:6] = 255
    assert peer_drawing.difference(ours, ours) == "PSNR inf dB, 100.00 % of the outline shared"
    theirs = ours.copy()
    theirs[2:4] = (9, 9, 9, 0)  # straight alpha: what cannot be seen may have any colour
    assert peer_drawing.difference(theirs, ours) == "PSNR 9.0 dB, 50.00 % of the outline shared"


def test_a_light_shines_where_it_should():
    pose = turned_to(np.float64([3.0, 4.0, 12.0]))
    np.testing.assert_allclose(pose[:3, 2], np.float64([3, 4, 12]) / 13)
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose) == pytest.approx(1)


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """A stand-in for the peers' Python that runs some lines instead."""

    def install(lines):
        script = tmp_path / "peer"
        script.write_text(f"#!{sys.executable}\nimport json, sys\nasked = json.loads(sys.argv[3])\n{lines}\n")
        script.chmod(0o755)
        monkeypatch.setattr(peer_drawing, "PEERS_PYTHON", script)

    return install


ANSWER = f"""
import numpy as np
size = asked["size"]
np.savez(asked["output"], **{{mode: np.zeros((size, size, 4), np.uint8) for mode in {list(MODES)}}})
one = {{"times_ms": [2.0] * asked["runs"], "core_ms": 3.0}}
print(json.dumps({{f"{{mode}}, {{way}}": one for mode in {list(MODES)} for way in {WAYS}}} | {{"opengl": "another"}}))
"""


@pytest.mark.gl
@pytest.mark.parametrize(
    ("lines", "reason"),
    [("sys.exit('no display here')", "no display here"), ("sys.exit(3)", "code 3"), ("print('nonsense')", "nonsense")],
)
def test_a_peer_that_fails_is_a_row_that_says_why(peer, tmp_path, lines, reason):
    peer(lines)
    with peer_drawing.opened_drawings(tmp_path) as (drawings, _):
        drawings.play(1, 0)
        rows = drawings.rows()
    missing = [row for row in rows if row.missing]
    assert len(missing) == 2 * len(MODES)
    assert all(reason in row.missing for row in missing)


@pytest.mark.gl
def test_a_peer_that_answers_is_compared(peer, tmp_path):
    peer(ANSWER)
    with peer_drawing.opened_drawings(tmp_path) as (drawings, opengl):
        drawings.play(2, 0)
        drawings.play(2, 0)
        rows = drawings.rows()
    assert not any(row.missing for row in rows)
    assert {len(row.rounds) for row in rows} == {2}
    assert all("0.00 % of the outline" in row.difference for row in rows if row.name != "Mien")
    assert peer_drawing.said_of_opengl(opengl, drawings.opengl)["opengl of pyrender"] == "another"


@pytest.mark.gl
@pytest.mark.skipif(not peer_drawing.PEERS_PYTHON.exists(), reason="the peers are not installed: ./run bench peers")
def test_pyrender_draws_the_same_face(tmp_path):
    with peer_drawing.opened_drawings(tmp_path) as (drawings, _):
        drawings.play(1, 0)
        rows = {row.name: row for row in drawings.rows()}
    row = rows["pyrender, albedo, one sample"]
    assert not row.missing
    assert float(row.difference.split()[1]) > 40, "the same picture but for the filtering of textures"
    assert "100.00 %" in row.difference
