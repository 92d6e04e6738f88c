"""Truth: pose tables that never mix training with what is held out, and a driver that loses nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from truth_recipe.driver import plan_jobs, progress, render_jobs, write_picture
from truth_recipe.gltf_head import load_gltf_head
from truth_recipe.plans import HELD_OUT_AFTER, plan_hard, plan_lids, plan_pairs, plan_sequences
from truth_recipe.poses import HELD_OUT, SEQUENCE, TRAIN, PoseRow, extended, make_row, read_table, write_table

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG
from tests.signals import deliver

FACE = Path(__file__).parents[2] / "resources" / "face" / "man.glb"
ALL_PLANS = {
    "pairs": plan_pairs(300, 20, 1),
    "hard": plan_hard(60, 1),
    "lids": plan_lids(12, 1),
    "sequences": plan_sequences(30, 1),
}


class PaintedTracer:
    """A path tracer's stand-in: paints a picture at once; `trouble` may raise or send signals before picture n."""

    def __init__(self, trouble: dict[int, BaseException | int] | None = None) -> None:
        self.trouble, self.asked = trouble or {}, []

    def render(self, row: PoseRow, *, samples: int, seed: int) -> np.ndarray:
        self.asked.append((row.id, samples, seed))
        trouble = self.trouble.get(len(self.asked))
        if isinstance(trouble, BaseException):
            raise trouble
        if trouble is not None:
            deliver(trouble)
        picture = np.zeros((8, 8, 4), np.uint8)
        picture[:4] = [200, 100, len(self.asked), 255]
        return picture


def some_rows(count: int) -> list[PoseRow]:
    return plan_hard(count, 1)


def pose(row: PoseRow) -> tuple:
    return (tuple(sorted(row.weights.items())), row.yaw, row.pitch, row.roll)


@pytest.mark.parametrize("name", ALL_PLANS)
def test_poses_stay_within_what_a_generator_is_asked_for(name):
    for row in ALL_PLANS[name]:
        assert set(row.weights) <= set(ARKIT_SHAPES)
        assert all(0 < weight <= 1 for weight in row.weights.values())
        assert all(abs(getattr(row, angle)) <= limit for angle, limit in HEAD_LIMITS_DEG.items())
        assert row.expression.clamped()[1] == ()


@pytest.mark.parametrize("name", ALL_PLANS)
def test_ids_are_unique_and_so_are_poses_but_in_sequences(name):
    rows = ALL_PLANS[name]
    assert len({row.id for row in rows}) == len(rows)
    assert name == "sequences" or len({pose(row) for row in rows}) == len(rows)


def test_a_seed_makes_the_same_table_and_another_seed_another_one():
    assert plan_pairs(40, 5, 1) == plan_pairs(40, 5, 1)
    random = [row for row in plan_pairs(40, 5, 2) if row.id.startswith(("rand", "held"))]
    assert not {pose(row) for row in random} & {pose(row) for row in plan_pairs(40, 5, 1)}


def test_a_longer_plan_begins_with_the_shorter_ones_training_rows():
    short, long = ([row for row in plan_pairs(n, 5, 1) if row.split == TRAIN] for n in (60, 250))
    assert long[:60] == short


def test_nothing_held_out_is_trained_on():
    rows = [row for rows in ALL_PLANS.values() for row in rows]
    kept = {pose(row) for row in rows if row.split in (HELD_OUT, SEQUENCE)}
    assert kept
    assert not kept & {pose(row) for row in rows if row.split == TRAIN}
    assert {row.split for row in ALL_PLANS["hard"]} == {row.split for row in ALL_PLANS["lids"]} == {TRAIN}


def test_more_training_pairs_leave_the_held_out_ones_alone():
    short, long = ([row for row in plan_pairs(n, 8, 1) if row.split == HELD_OUT] for n in (90, 300))
    assert short == long


def test_held_out_pictures_come_early_enough_to_measure_with():
    splits = [row.split for row in ALL_PLANS["pairs"]]
    assert splits.index(HELD_OUT) == HELD_OUT_AFTER


def test_every_shape_is_shown_alone_at_full_strength():
    rows = {row.id: row.weights for row in ALL_PLANS["pairs"]}
    assert all(rows[f"single_{name}"] == {name: 1.0} for name in ARKIT_SHAPES)


def test_a_table_survives_being_written(tmp_path):
    write_table(tmp_path / "poses.json", ALL_PLANS["pairs"])
    assert read_table(tmp_path / "poses.json") == ALL_PLANS["pairs"]
    assert [path.name for path in tmp_path.iterdir()] == ["poses.json"]


def test_a_table_is_added_to_and_never_changed():
    old = some_rows(4)
    assert extended(old, some_rows(6)) == some_rows(6)
    assert extended(some_rows(6), old) == some_rows(6)
    moved = make_row(old[2].id, TRAIN, {"jawOpen": 0.5}, samples=8)
    with pytest.raises(ValueError, match=old[2].id):
        extended(old, [moved])


def test_what_exists_is_not_rendered_again(tmp_path):
    rows, first, second = some_rows(5), PaintedTracer({3: RuntimeError("power cut")}), PaintedTracer()
    with pytest.raises(RuntimeError):
        render_jobs(plan_jobs(rows, tmp_path, seed=1), first, lambda _: None)
    assert render_jobs(plan_jobs(rows, tmp_path, seed=1), second, lambda _: None) == 3
    assert [name for name, _, _ in second.asked] == [row.id for row in rows[2:]]
    assert plan_jobs(rows, tmp_path, seed=1) == []


def test_the_order_and_the_noise_do_not_depend_on_interruptions(tmp_path):
    rows = some_rows(4)
    at_once = [job.seed for job in plan_jobs(rows, tmp_path, seed=1)]
    assert len(set(at_once)) == 4
    render_jobs(plan_jobs(rows, tmp_path, seed=1)[:2], PaintedTracer(), lambda _: None)
    assert [job.seed for job in plan_jobs(rows, tmp_path, seed=1)] == at_once[2:]
    assert not {job.seed for job in plan_jobs(rows, tmp_path, seed=2)} & set(at_once)


def test_samples_come_from_the_table_unless_asked_otherwise(tmp_path):
    row = make_row("held", HELD_OUT, {}, samples=32)
    assert plan_jobs([row], tmp_path, seed=1)[0].samples == 32
    assert plan_jobs([row], tmp_path, seed=1, samples=4)[0].samples == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_finishes_the_picture_in_progress(tmp_path, number):
    said: list[str] = []
    before = signal.getsignal(number)
    jobs = plan_jobs(some_rows(5), tmp_path, seed=1)
    assert render_jobs(jobs, PaintedTracer({2: int(number)}), said.append) == 2
    assert len(list(tmp_path.glob("*.webp"))) == 2
    assert said[-1].startswith("stopped")
    assert signal.getsignal(number) is before


def test_pictures_are_lossless_and_appear_whole(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (16, 16, 4), np.uint8)
    pixels[..., 3] = 255
    write_picture(tmp_path / "truth" / "a.webp", pixels)
    with Image.open(tmp_path / "truth" / "a.webp") as picture:
        assert (np.asarray(picture.convert("RGBA")) == pixels).all()
    assert [path.name for path in (tmp_path / "truth").iterdir()] == ["a.webp"]


def test_an_unfinished_picture_counts_as_missing(tmp_path):
    row = some_rows(1)[0]
    (tmp_path / f"{row.id}.webp.unfinished").write_bytes(b"half a pic")
    (job,) = plan_jobs([row], tmp_path, seed=1)
    render_jobs([job], PaintedTracer(), lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == [f"{row.id}.webp"]


def test_progress_tells_the_time_left():
    assert progress("a", 10, 20, 130.0).endswith("10/20  13.0 s each  2 min left  a")
    assert "1.8 h left" in progress("a", 1, 500, 13.0)


def test_a_gltf_head_brings_its_own_looks():
    head = load_gltf_head(FACE)
    looks = {material.name: look for material, look in zip(head.asset.materials, head.surfaces, strict=True)}
    assert {name for name, look in looks.items() if look.is_skin} == {"skin", "torso"}
    assert looks["skin"].picture is not None
    assert looks["eye"].coat > 0
    assert looks["shirt"].roughness == pytest.approx(0.9)
    hair = next(item for item in head.asset.strands if item.name == "hair")
    assert len(hair.points) == 1300 * 48
    assert np.isfinite(hair.points).all()
    assert set(head.fibres) == {item.name for item in head.asset.strands}
