"""`mien bench capacity`: counts of networks that can be counted by hand, and a model that never bends the wrong way."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from gpu_core.assets import resources_root
from gpu_core.errors import MienError
from tests import networks
from tests.networks import SIZE, save_graph, save_network, tensor
from viewer import bench
from viewer.benches.capacity import (
    BYTES,
    by_efficiency,
    capacity,
    cores_a_face,
    draw_ms,
    faces_a_process,
    fleet,
    frame_time,
    nv12_bytes,
    pack_bytes,
    stream_kbps,
    unpack_bytes,
)  # fmt: skip
from viewer.benches.capacity_cards import CARDS, Assumptions, Card
from viewer.benches.capacity_check import Tried, compared
from viewer.benches.capacity_network import Layer, NetworkCost, count_network
from viewer.benches.kernels import cases

ROOT = Path(__file__).parents[2]
USUAL = Assumptions()
SWIFT = resources_root() / "models" / "swift.onnx"
cards = st.sampled_from(CARDS)
layers = st.builds(
    Layer, st.just("l"), st.just("Conv"), st.integers(1, 10**9), st.integers(1, 10**8), st.integers(1, 10**8),
    st.integers(0, 10**6), st.booleans(), st.integers(0, 1),
)  # fmt: skip
costs = st.builds(NetworkCost, st.lists(layers, min_size=1, max_size=6).map(tuple), st.integers(0, 10**8))
precisions = st.sampled_from(tuple(BYTES))


def two_convolutions(folder: Path) -> Path:
    """6 -> 8 channels of 3x3 with padding, ReLU, sum with a 1x1 of the input, then 2 channels twice as wide."""
    return save_graph(
        folder / "two.onnx",
        [
            helper.make_node("Conv", ["pair", "first"], ["a"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", ["a"], ["b"]),
            helper.make_node("Conv", ["pair", "second"], ["c"]),
            helper.make_node("Add", ["b", "c"], ["d"]),
            helper.make_node("DepthToSpace", ["d"], ["face"], blocksize=2),
        ],
        [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 2, 2 * SIZE, 2 * SIZE])],
        {"first": np.zeros((8, 6, 3, 3), np.float32), "second": np.zeros((8, 6, 1, 1), np.float32)},
    )


def test_a_network_is_counted_to_the_last_number(tmp_path: Path):
    cost = count_network(two_convolutions(tmp_path), {"pair": (1, 6, SIZE, SIZE)})
    pixels = SIZE * SIZE
    first, relu, second, added, turned = cost.layers
    assert (first.macs, second.macs) == (pixels * 8 * 6 * 9, pixels * 8 * 6)
    assert (first.read, first.written, first.weights) == (pixels * 6, pixels * 8, 8 * 6 * 9)
    assert (relu.read, relu.written, relu.kernels) == (0, 0, 0)  # on the way
    assert (added.read, added.written, added.kernels) == (pixels * 8, 0, 0)  # its other operand
    assert (turned.read, turned.written, turned.kernels, turned.macs) == (pixels * 8, pixels * 8, 1, 0)
    assert cost.macs == pixels * 480
    assert (cost.kernels, cost.weights, cost.quantised_share) == (3, 480, 0)
    assert cost.moved == pixels * (14 + 14 + 8 + 16)
    assert cost.most_alive == pixels * (8 + 8 + 8)  # a sum: both operands and itself


@pytest.mark.parametrize(
    ("node", "inputs", "weight", "macs"),
    [
        (helper.make_node("Conv", ["x", "w"], ["y"], group=3), (1, 6, 8, 8), (6, 2, 3, 3), 36 * 6 * 18),
        (helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2]), (1, 6, 8, 8), (6, 4, 2, 2), 6 * 64 * 16),
        (helper.make_node("MatMul", ["x", "w"], ["y"]), (5, 7), (7, 3), 5 * 7 * 3),
        (helper.make_node("Gemm", ["x", "w"], ["y"], transB=1), (5, 7), (3, 7), 5 * 7 * 3),
    ],
)  # fmt: skip
def test_every_operator_that_multiplies(node, inputs, weight, macs, tmp_path: Path):
    path = save_graph(
        tmp_path / "one.onnx", [node], [tensor("x", inputs)], [tensor("y", None)], {"w": np.zeros(weight, np.float32)}
    )
    cost = count_network(path, {"x": inputs})
    assert cost.macs == macs
    assert cost.weights == prod(weight)


def test_what_is_quantised_is_told_from_what_is_not(tmp_path: Path):
    quantised = networks.save_quantised(save_network(tmp_path))
    assert count_network(quantised, {"pair": (1, 6, SIZE, SIZE)}).quantised_share == 1
    assert 0.7 < count_network(SWIFT.with_suffix(".int8.onnx"), {"pair": (1, 512, 512, 6)}).quantised_share < 0.8


def test_a_quarter_of_the_pixels_is_a_quarter_of_the_work():
    whole, quarter = (count_network(SWIFT, {"pair": (1, 6, side, side)}) for side in (512, 256))
    assert whole.macs == 4 * quarter.macs
    assert whole.moved == 4 * quarter.moved
    assert whole.weights == quarter.weights


def test_what_cannot_be_counted_is_said_in_one_line(tmp_path: Path):
    (tmp_path / "no.onnx").write_bytes(b"this is no network")
    for path, side in ((tmp_path / "no.onnx", 8), (SWIFT, 250)):  # 250 halved twice is not whole
        with pytest.raises(MienError, match=rf"{path.name} cannot be counted: ") as raised:
            count_network(path, {"pair": (1, 6, side, side)})
        assert "\n" not in str(raised.value)


def test_bytes_of_pictures_are_those_of_the_kernels():
    needed = {case.name: case.bytes_needed for case in cases()}
    assert pack_bytes(512, 512) == needed["pack 6 channels, NCHW float16, 512, batch 1"]
    assert unpack_bytes(512, 512) == needed["unpack 4 channels, NCHW float16, 512, batch 1"]
    assert pack_bytes(512, 256) == needed["pack 6 channels, NCHW float16, 512 to 256, batch 1"]
    assert nv12_bytes(512) == needed["RGBA to NV12, 512"]


def test_the_roofline_by_hand():
    card = Card("hand", 1.0, 2.0, 1.0, 1.0, 100.0, 8, 50, 10, 1, 100, 4, "none")
    said = Assumptions(efficiency=0.5, bandwidth=0.5, batch=1, kernel_us=5)
    computing = Layer("c", "Conv", 10**9, 10, 10, 0, quantised=True, kernels=1)  # 2 GFLOP at half a TFLOP/s: 4 ms
    moving = Layer("m", "Conv", 1, 10**7, 10**7, 5 * 10**6, quantised=False, kernels=1)  # 50 MB at 50 GB/s: 1 ms
    tiny = Layer("t", "Conv", 1, 1, 1, 0, quantised=False, kernels=1)  # a launch
    for precision, first in (("fp16", 4.0), ("int8", 2.0)):
        time = frame_time(card, NetworkCost((computing, moving, tiny), 0), precision, said, 512)
        assert time.infer == pytest.approx(first + 1.0 + 0.005)
        assert time.total == time.infer + time.pixels + time.draw


@given(cards, costs, precisions, st.floats(1, 100), st.floats(1, 10))
def test_more_frames_a_second_never_hold_more_faces(card, cost, precision, fps, times):
    slow, fast = (replace(USUAL, fps=rate) for rate in (fps, fps * times))
    before, after = (capacity(card, cost, precision, said, 512) for said in (slow, fast))
    assert after.faces <= before.faces
    assert cores_a_face(card, fast, workers=True) >= cores_a_face(card, slow, workers=True)
    assert faces_a_process(fast) <= faces_a_process(slow)
    assert stream_kbps(fast) >= stream_kbps(slow)


@given(cards, costs, precisions, st.integers(16, 4096), st.integers(16, 4096))
def test_larger_pictures_never_hold_more_faces(card, cost, precision, one, other):
    small, large = (replace(USUAL, size=size) for size in sorted((one, other)))
    before, after = (capacity(card, cost, precision, said, 512) for said in (small, large))
    assert after.faces <= before.faces
    assert draw_ms(card, large) >= draw_ms(card, small)


@given(cards, costs, precisions, st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_better_share_of_the_peak_never_holds_fewer_faces(card, cost, precision, one, other):
    worse, better = (replace(USUAL, efficiency=share) for share in sorted((one, other)))
    before, after = (capacity(card, cost, precision, said, 512) for said in (worse, better))
    assert after.faces >= before.faces
    shares = list(by_efficiency(card, cost, precision, USUAL, 512).values())
    assert shares == sorted(shares)


@given(cards, costs, precisions, st.integers(1, 63))
def test_larger_batches_never_cost_more_time(card, cost, precision, batch):
    small, large = (frame_time(card, cost, precision, replace(USUAL, batch=size), 512) for size in (batch, batch + 1))
    assert large.total <= small.total * (1 + 1e-12)


@given(cards, costs, precisions, st.integers(1, 10**6))
def test_the_fleet_holds_the_streams(card, cost, precision, streams):
    holds = capacity(card, cost, precision, USUAL, 512)
    assert holds.faces == min(one for one in (holds.gpu, holds.memory, holds.encoder, holds.bus) if one is not None)
    if holds.faces < 1:
        with pytest.raises(ValueError, match="holds no face"):
            fleet(holds, USUAL, streams)
        return
    needs = fleet(holds, USUAL, streams)
    assert (needs.cards - 1) * holds.faces < streams <= needs.cards * holds.faces
    assert needs.machines * card.a_machine >= needs.cards
    assert needs.cores_workers >= needs.cores > 0


def test_a_card_without_encoders_leaves_them_to_the_processor():
    by_name = {card.name: card for card in CARDS}
    assert cores_a_face(by_name["H100 SXM"], USUAL, workers=False) > 2 * cores_a_face(
        by_name["L4"], USUAL, workers=False
    )


@pytest.mark.parametrize("wrong", [{"fps": 0}, {"size": 8}, {"batch": 65}, {"efficiency": 1.5}, {"tensor": 5000}])
def test_assumptions_of_no_machine_are_refused(wrong):
    with pytest.raises(MienError, match=rf"{next(iter(wrong))} is .* makes sense"):
        Assumptions(**wrong)


def test_the_command_prints_and_keeps_what_it_computed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    report, network = tmp_path / "capacity.json", str(save_network(tmp_path))
    assert bench.main(["capacity", "--generator", network, "--size", "64", "--fps", "50", "--json", str(report)]) == 0
    figures, printed = json.loads(report.read_text()), capsys.readouterr().out
    assert [row["card"] for row in figures["rows"]] == [card.name for card in CARDS]
    assert figures["generators"][0]["gmac"] == SIZE * SIZE * 24 / 1e9
    assert figures["assumptions"]["fps"] == 50
    assert all(row["faces"] == min(v for k, v in row["limits"].items() if v is not None and k != "memory_workers")
               for row in figures["rows"])  # fmt: skip
    for said in ("no GPU has run this", "tiny fp16 64", "H100 SXM", "1000 streams", "limited by"):
        assert said in printed


def test_the_document_quotes_what_the_command_prints(capsys: pytest.CaptureFixture[str]):
    assert bench.main(["capacity"]) == 0
    rows = [line for line in capsys.readouterr().out.split("\n\n")[2].splitlines() if " GPU time " in line]
    quoted = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
    assert len(rows) > 2 * len(CARDS)
    assert not [row for row in rows if row not in quoted], "./run bench capacity, into docs/capacity.md"


def test_a_face_too_slow_for_a_card_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--generator", str(save_network(tmp_path)), "--size", "4096", "--fps", "1000", "--efficiency", "0.01"]
    assert bench.main(["capacity", *arguments]) == 0
    assert "holds no face" in capsys.readouterr().out


def test_the_check_predicts_from_counts_alone():
    rows = compared([Tried("a", 64, 1, 2.0, 10.0), Tried("a", 32, 1, 0.5, 2.0), Tried("b", 64, 1, 8.0, 50.0)])
    assert [row["predicted_ms"] for row in rows] == [10.0, 2.5, 40.0]
    assert [round(row["off"], 2) for row in rows] == [0, 0.25, -0.2]


@pytest.mark.skipif(find_spec("openvino") is None, reason="there is no OpenVINO for this machine")
def test_the_check_runs_each_size_and_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    report = tmp_path / "capacity.json"
    arguments = ["--generator", str(save_network(tmp_path)), "--check", "--json", str(report)]
    assert bench.main(["capacity", *arguments]) == 0
    rows = json.loads(report.read_text())["check"]
    assert [(row["side"], row["batch"]) for row in rows] == [(SIZE, 1), (SIZE // 2, 1), (SIZE // 2, 4)]
    assert "anchor" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--size", "0"], ["--streams", "-1"], ["--fps", "nan"], ["--efficiency", "2"]])
def test_wrong_options_are_refused(wrong, tmp_path: Path):
    with pytest.raises(MienError):
        bench.main(["capacity", "--generator", str(save_network(tmp_path)), *wrong])
