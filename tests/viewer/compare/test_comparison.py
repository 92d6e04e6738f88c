"""viewer.compare.comparison, compare_choices, compare_text: what can be compared, and what is said of it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, FrameRequest, View
from viewer.compare.choices import choices_of
from viewer.compare.comparison import Comparison, Metric, OtherWay, Side
from viewer.compare.pair_measuring import Pair, PairFigures, measure
from viewer.compare.text import NONE_YET, TIPS, figures_of, scale_text
from viewer.engine_info import Choices, EngineInfo

FP32 = OtherWay("Precision fp32", changes=(("precision", "fp32"),))


def engine_info(**settings: Any) -> EngineInfo:
    generator: Any = SimpleNamespace(path=Path("swift.onnx"), name="swift")
    state = PathState(settings.get("path", "host"), "", "numpy")
    return EngineInfo("face", (), False, state, {}, (), generator, "0", EngineSettings(**settings))


CHOICES = Choices(
    generators=(
        SimpleNamespace(path=Path("swift.onnx"), name="swift"),  # type: ignore[arg-type]
        SimpleNamespace(path=Path("fine.onnx"), name="fine"),  # type: ignore[arg-type]
    ),
    switches={
        "precision": {"auto": "", "fp32": "", "fp16": "fp16 is for GPUs"},
        "path": {"auto": "", "cuda": "there is no GPU", "host": "", "classic": ""},
    },
)


def test_the_engine_makes_what_its_sides_need_and_something_always() -> None:
    assert Comparison().views == {View.GENERATED, View.RENDER}
    assert Comparison(a=Side(View.TEXTURE), b=Side(way=FP32)).views == {View.TEXTURE}
    both = Comparison(a=Side(way=FP32), b=Side(way=FP32))
    assert both.views == {View.GENERATED}
    assert both.ways == (FP32,), "what is on both sides runs once"


def test_swapping_twice_changes_nothing() -> None:
    wanted = Comparison(a=Side(way=FP32), position=0.3)
    assert wanted.swapped.a == Side(View.RENDER)
    assert wanted.swapped.position == 0.3
    assert wanted.swapped.swapped == wanted


def test_before_there_is_an_engine_its_own_pictures_can_be_chosen() -> None:
    assert [choice.side.title for choice in choices_of(None, Choices())] == ["Texture", "Render", "Generated"][::-1]


def test_what_runs_already_is_not_offered_and_what_cannot_says_why() -> None:
    offered = {choice.side.title: choice for choice in choices_of(engine_info(), CHOICES)}
    assert list(offered) == [
        "Generated", "Render", "Texture", "Generator fine", "Precision fp32", "Precision fp16", "Path CUDA",
        "Path classic",
    ]  # fmt: skip
    assert offered["Precision fp16"].reason == "fp16 is for GPUs"
    assert offered["Path CUDA"].reason == "there is no GPU"
    assert offered["Precision fp32"].side.way == FP32
    assert not offered["Generator fine"].reason


def test_the_classic_way_is_all_switches_and_from_it_a_precision_leaves_it() -> None:
    offered = {choice.side.title: choice.side for choice in choices_of(engine_info(precision="fp32"), CHOICES)}
    classic = offered["Path classic"].way
    assert classic is not None
    assert classic.settings["precision"] == "auto"
    assert classic.settings["faces"] == 1
    offered = {choice.side.title: choice.side for choice in choices_of(engine_info(path="classic"), CHOICES)}
    way = offered["Precision fp32"].way
    assert way is not None
    assert way.settings == {"path": "auto", "precision": "fp32"}


def pair(apart: int = 0) -> Pair:
    a = np.full((32, 32, 4), 100, np.uint8)
    a[..., 3] = 255
    b = a.copy()
    b[4:8, 4:8, 0] += apart
    return Pair(FrameRequest(), a, b, Comparison())


def texts(measured: PairFigures | None, *, is_current: bool = True) -> dict[str, str]:
    return {figure.name: figure.text for figure in figures_of(measured, is_current=is_current)}


def test_figures_say_what_they_are_of() -> None:
    assert set(texts(None).values()) == {NONE_YET}
    assert set(texts(None)) == set(TIPS)
    same = texts(measure(pair()))
    assert same["PSNR"] == same["FLIP"] == "identical"
    found = measure(pair(60))
    told = texts(found)
    assert told["PSNR"] == f"{10 * np.log10(255**2 / (60**2 * 16 / 32**2 / 3)):.1f} dB"
    assert told["largest"] == "60 of 255"
    assert told["age"] == "this picture"
    old = replace(found, measured_ns=time.perf_counter_ns() - 3_000_000_000)
    assert texts(old, is_current=False)["age"] == "3.0 s"


@pytest.mark.parametrize(("factor", "text"), [(1, "255 of 255"), (8, "32 of 255"), (64, "4 of 255")])
def test_the_scale_goes_with_the_amplification(factor: int, text: str) -> None:
    assert scale_text(Comparison(amplification=factor)) == text
    assert scale_text(Comparison(amplification=factor, metric=Metric.FLIP)) == f"FLIP {1 / factor:.3g}"
