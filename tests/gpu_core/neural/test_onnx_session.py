"""gpu_core.neural.onnx_session: a session for the batch that was asked for, or one line."""

from __future__ import annotations

import onnxruntime as ort
import pytest

from gpu_core.errors import ModelError, PathUnavailable
from gpu_core.neural.model import load_model
from gpu_core.neural.onnx_session import open_session, refuse_fixed_batch
from gpu_core.settings import EngineSettings
from tests.networks import save_network


def test_a_network_is_opened_on_the_cpu(tmp_path):
    session = open_session(load_model(save_network(tmp_path)), EngineSettings(faces=2), ort.SessionOptions())
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_what_does_not_load_is_one_line(tmp_path):
    model = load_model(save_network(tmp_path))
    model.path.write_bytes(b"nonsense")
    with pytest.raises(ModelError, match=r"^ONNX Runtime cannot load tiny.onnx: [^\n]+$"):
        open_session(model, EngineSettings(), ort.SessionOptions())


@pytest.mark.parametrize(
    ("batch", "faces", "text"),
    [(1, 2, "takes 1 picture at a time, 2 faces were asked for"), (4, 1, "takes 4 pictures at a time, 1 face was")],
)
def test_a_fixed_batch_of_another_size_is_refused(tmp_path, batch, faces, text):
    model = load_model(save_network(tmp_path))
    with pytest.raises(PathUnavailable, match=text):
        refuse_fixed_batch(batch, model, EngineSettings(faces=faces))
    refuse_fixed_batch(faces, model, EngineSettings(faces=faces))
    refuse_fixed_batch("batch", model, EngineSettings(faces=faces))
