"""viewer.streaming.wish: from what is asked for to the streams' forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.contract import picture_contract
from gpu_core.errors import MienError
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import generator_for
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings
from viewer.engine_info import EngineInfo
from viewer.streaming.wish import StreamWish, stream_forms, wish_text
from viewer.streams.values import MpsLimits

LIMITS = MpsLimits(25.0, 2048)


def test_each_face_has_a_form_and_sources_take_turns() -> None:
    forms = stream_forms(StreamWish(3, ("talk", "range"), "rtmp://h/live/{n}", size=256), None)
    assert [(form.number, form.source, form.size) for form in forms] == [
        (1, "talk", 256),
        (2, "range", 256),
        (3, "talk", 256),
    ]


def test_limits_hold_only_where_mps_is_wanted() -> None:
    assert stream_forms(StreamWish(mps=LIMITS), None)[0].mps == MpsLimits()
    assert stream_forms(StreamWish(uses_mps=True, mps=LIMITS), None)[0].mps == LIMITS


def test_the_face_and_the_precision_are_the_windows() -> None:
    state = PathState("host", "", "swift")
    info = EngineInfo(
        "Anna", (), False, state, {}, (), settings=EngineSettings(precision="fp32"), face_file=Path("a.glb")
    )
    form = stream_forms(StreamWish(), info)[0]
    assert (form.face, form.precision, form.generator) == (Path("a.glb"), "fp32", None)


def test_a_generator_of_ones_own_goes_with_the_streams_and_the_usual_one_is_chosen_by_size(tmp_path: Path) -> None:
    face = load_face(resource(*DEFAULT_FACE))
    usual, contract = generator_for(face), picture_contract(face.sha256)
    assert usual is not None
    own = replace(usual, path=tmp_path / "swift.onnx")
    for model, expected in ((usual, None), (own, own.path), (replace(usual, contract="another"), usual.path)):
        state = PathState("host", "", "swift")
        info = EngineInfo("Anna", (), False, state, {}, (), generator=model, contract=contract)
        assert stream_forms(StreamWish(), info)[0].generator == expected


@pytest.mark.parametrize(
    "wish",
    [StreamWish(0), StreamWish(10**6), StreamWish(2, to="rtmp://h/live/x"), StreamWish(2, ("",)), StreamWish(2, ())],
)
def test_what_cannot_be_is_refused_in_a_line(wish: StreamWish) -> None:
    with pytest.raises(MienError) as told:
        stream_forms(wish, None)
    assert "\n" not in str(told.value)


def test_secrets_are_in_no_text() -> None:
    wish = StreamWish(2, ("talk", "/takes/a.csv"), "rtmp://u:geheim@h/{n}", way="batch")
    assert wish_text(wish, {"talk": "Talk"}) == "2 × Talk, a.csv · 512×512 at 25 fps · one batch"
    assert "geheim" not in repr(wish)
