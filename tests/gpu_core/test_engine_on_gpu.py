"""The engine on a real GPU: what tests/emulated/test_end_to_end.py asserts of the emulated driver, with TensorRT."""

from __future__ import annotations

import pytest

from tests.emulated.test_end_to_end import (  # noqa: F401
    face,
    head,
    test_another_generator_and_another_precision_between_two_frames,
    test_another_size_is_resized_on_the_gpu_as_on_the_host,
    test_batches_agree_with_the_host_path,
    test_every_passage_is_measured_beside_the_others,
    test_no_pixel_crosses_the_bus_and_a_recorded_one_is_counted_apart,
    test_the_classic_path_infers_on_the_gpu_and_makes_the_host_paths_face,
    test_the_shipped_generator_in_fp16_makes_the_host_paths_face,
    tiny,
)

pytestmark = [pytest.mark.gpu, pytest.mark.gl]


@pytest.fixture(autouse=True)
def caches(gl_context, monkeypatch, tmp_path_factory):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path_factory.getbasetemp() / "cache")
