"""viewer.request_maker: what to ask for to see a face as the window is set."""

from __future__ import annotations

import threading

from gpu_core.expression import NEUTRAL
from gpu_core.settings import View
from viewer.request_maker import RequestMaker

FACE = NEUTRAL.with_weights({"jawOpen": 0.5, "cheekPuff": 0.25}).with_head(yaw=3.0)


def test_it_asks_for_the_face_in_the_views_that_are_shown() -> None:
    maker = RequestMaker((View.RENDER, View.TEXTURE))
    request = maker.make(FACE, 7, by_hand=True)
    assert request.expressions == (FACE,)
    assert request.views == {View.RENDER, View.TEXTURE}
    assert (request.requested_ns, request.by_hand) == (7, True)
    maker.views = frozenset({View.GENERATED})
    assert maker.make(FACE, 7).views == {View.GENERATED}


def test_what_is_not_shown_rests_and_the_head_stays() -> None:
    maker = RequestMaker((View.GENERATED,))
    maker.shows_only = frozenset({"jawOpen"})
    assert maker.make(FACE, 0).expressions == (FACE.with_weights({"cheekPuff": 0.0}),)


def test_stamps_rise_whoever_asks() -> None:
    maker, stamps = RequestMaker((View.GENERATED,)), list[int]()
    threads = [
        threading.Thread(target=lambda: stamps.extend(maker.make(FACE, 0).stamp for _ in range(200))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stamps) == list(range(1, 801))
