"""Pose tables. A plan is the same for the same seed, and a longer one begins with the shorter one's rows.

Training and held-out rows draw from random streams of their own: no number of pairs makes them meet.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gpu_core.expression import ARKIT_SHAPES
from truth_recipe.expressions import HARD, SIDED, Head, Weights, everyday, slightly_closed_lids
from truth_recipe.poses import HELD_OUT, SEQUENCE, TRAIN, PoseRow, make_row

TRAIN_SAMPLES, HELD_OUT_SAMPLES = 8, 32
HELD_OUT_AFTER = 80  # training rows: from here on a generator trained on what is there can be measured
FRAME_RATE = 15.0  # of the sequences, frames a second
_STREAMS = {"train": 1, "held_out": 2, "systematic": 3, "hard": 4, "talk": 5, "turn": 6, "lids": 7}
_PAIRS_AT_ONCE = (
    "eyeBlink", "mouthSmile", "browDown", "browOuterUp", "eyeWide", "mouthFrown", "mouthUpperUp", "mouthLowerDown",
    "cheekSquint", "eyeSquint",
)  # fmt: skip
_TURNS = [(-32, 0), (32, 0), (-25, 12), (25, -12), (0, -15), (0, 15), (-16, 0), (16, 0), (-24, 0), (24, 0)]


def plan_pairs(train: int, held_out: int, seed: int) -> list[PoseRow]:
    """Return `train` rows, two random to one systematic until these are used up, and the held-out rows after some."""
    systematic = _systematic(seed)
    rows: list[PoseRow] = []
    for index in range(train):
        row = next(systematic, None) if index % 3 == 2 else None
        rows.append(row or _random_row(f"rand_{index:04d}", TRAIN, seed, index))
    held = [_random_row(f"held_{index:04d}", HELD_OUT, seed, index) for index in range(held_out)]
    return rows[:HELD_OUT_AFTER] + held + rows[HELD_OUT_AFTER:]


def plan_hard(count: int, seed: int) -> list[PoseRow]:
    """Return training rows of what a first network draws worst, each kind in turn."""
    rows = []
    for index in range(count):
        weights, head = HARD[index % len(HARD)](_random("hard", seed, index))
        rows.append(make_row(f"more_{index:03d}", TRAIN, weights, head, samples=TRAIN_SAMPLES))
    return rows


def plan_lids(count: int, seed: int) -> list[PoseRow]:
    """Return training rows of lids a little closed."""
    poses = [slightly_closed_lids(_random("lids", seed, index)) for index in range(count)]
    return [make_row(f"lids_{i:03d}", TRAIN, *pose, samples=TRAIN_SAMPLES) for i, pose in enumerate(poses)]


def plan_sequences(frames: int, seed: int) -> list[PoseRow]:
    """Return two held-out sequences: a face talking and blinking, and a quiet one turning over its whole range."""
    rows = [("talk", *frame) for frame in _talking(_random("talk", seed, 0), frames)]
    rows += [("turn", *frame) for frame in _turning(_random("turn", seed, 0), frames)]
    return [
        make_row(f"{name}_{place % frames:02d}", SEQUENCE, weights, head, samples=TRAIN_SAMPLES)
        for place, (name, weights, head) in enumerate(rows)
    ]


def _random(stream: str, seed: int, index: int) -> np.random.Generator:
    return np.random.default_rng([seed, _STREAMS[stream], index])


def _random_row(name: str, split: str, seed: int, index: int) -> PoseRow:
    weights, head = everyday(_random(split, seed, index))
    return make_row(name, split, weights, head, samples=TRAIN_SAMPLES if split == TRAIN else HELD_OUT_SAMPLES)


def _systematic(seed: int) -> Iterator[PoseRow]:
    """Yield every shape alone at full strength, pairs, turns, and stages of blink and jaw, thoroughly mixed."""
    rng = _random("systematic", seed, 0)
    cases = [(f"single_{name}", {name: 1.0}) for name in ARKIT_SHAPES]
    cases += [(f"pair_{name}", {f"{name}Left": 1.0, f"{name}Right": 1.0}) for name in _PAIRS_AT_ONCE if name in SIDED]
    cases += [(f"blink_{k}", {"eyeBlinkLeft": t, "eyeBlinkRight": t}) for k, t in enumerate(np.linspace(0.1, 0.9, 9))]
    cases += [(f"jaw_{k}", {"jawOpen": t}) for k, t in enumerate(np.linspace(0.1, 1.0, 8))]
    posed: list[tuple[str, Weights, Head]] = [(name, weights, _nod(rng)) for name, weights in cases]
    posed += [(f"turn_{k}", {}, (yaw, pitch, 0)) for k, (yaw, pitch) in enumerate(_TURNS)]
    for place in rng.permutation(len(posed)):
        name, weights, head = posed[place]
        yield make_row(name, TRAIN, weights, head, samples=TRAIN_SAMPLES)


def _nod(rng: np.random.Generator) -> Head:
    """Return a small head pose."""
    return rng.normal(0, 8), rng.normal(0, 4), rng.normal(0, 3)


def _talking(rng: np.random.Generator, frames: int) -> Iterator[tuple[Weights, Head]]:
    """Yield syllables at two rates, a drifting smile and brow, one blink, and a gently moving head."""
    phase = rng.uniform(0, 2 * np.pi, 6)
    blink_at = frames / FRAME_RATE * rng.uniform(0.35, 0.65)
    for t in np.arange(frames) / FRAME_RATE:
        open_, round_ = (0.5 + 0.5 * np.sin(2 * np.pi * rate * t + phase[k]) for k, rate in enumerate((2.3, 1.7)))
        blink = np.exp(-(((t - blink_at) / 0.09) ** 2))
        smile = 0.25 + 0.15 * np.sin(1.1 * t + phase[2])
        sided = {"mouthSmile": smile, "mouthUpperUp": 0.2 * open_, "mouthLowerDown": 0.3 * open_, "eyeBlink": blink}
        weights = {f"{name}{side}": value for name, value in sided.items() for side in ("Left", "Right")}
        weights |= {"jawOpen": 0.4 * open_, "mouthFunnel": 0.35 * round_, "mouthPucker": 0.25 * (1 - open_) * round_}
        weights["browInnerUp"] = 0.3 + 0.3 * np.sin(1.9 * t + phase[3])
        yield weights, (8 * np.sin(1.5 * t + phase[4]), 4 * np.sin(1.2 * t + phase[5]), 2 * np.sin(0.9 * t))


def _turning(rng: np.random.Generator, frames: int) -> Iterator[tuple[Weights, Head]]:
    """Yield the head turning from one end of its range to the other, nodding on the way, eyes leading a little."""
    phase = rng.uniform(0, 2 * np.pi)
    for share in np.linspace(0, 1, frames):
        yaw = -31 * np.cos(np.pi * share)
        head = (yaw, 10 * np.sin(2 * np.pi * share + phase), 4 * np.sin(np.pi * share + phase))
        lead = 0.5 * np.sin(np.pi * share)
        yield {"mouthSmileLeft": 0.1, "mouthSmileRight": 0.1, "eyeLookOutLeft": lead, "eyeLookInRight": lead}, head
