"""The generator's recipe, as far as it can be checked without training. Needs PyTorch: see `.venv-recipes`."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest

from gpu_core.assets import resource
from gpu_core.neural.pixels import resized

torch = pytest.importorskip("torch", reason="PyTorch is installed for the recipes alone: ./run recipe generator")

from generator_recipe.evaluation import face_region, generate, psnr  # noqa: E402
from generator_recipe.growth import inherit  # noqa: E402
from generator_recipe.network import BLOCKS, SIZES, Generator, NetworkSize, space_to_depth  # noqa: E402
from generator_recipe.training import pair_loss, region_weight, trained_network  # noqa: E402


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Generator(SIZES["swift"]).eval()


def test_an_untrained_generator_nearly_repeats_the_render_image(network):
    pair = torch.rand(1, 6, 64, 64)
    with torch.no_grad():
        made = network(pair)
    assert made.shape == (1, 4, 64, 64)
    assert float((made[:, :3] - pair[:, 3:]).abs().mean()) < 0.1


def test_space_to_depth_is_pytorchs_own(network):
    picture = torch.rand(2, 6, 16, 16)
    torch.testing.assert_close(space_to_depth(6)(picture), torch.nn.PixelUnshuffle(2)(picture))
    assert not network.fold.weight.requires_grad


def test_only_operators_that_every_engine_runs(network):
    kinds = {type(module).__name__ for module in network.modules()} - {"Generator", "ResidualBlock"}
    assert kinds == {"Conv2d", "Sequential", "ModuleList", "PixelShuffle"}


def test_the_loss_is_zero_at_the_truth_and_counts_the_face_three_times():
    truth, weight = torch.rand(1, 4, 512, 512), region_weight(512)[None]
    assert float(pair_loss(truth, truth, weight)) == 0.0
    in_face, outside = truth.clone(), truth.clone()
    in_face[..., 200:240, 200:240] += 0.5
    outside[..., 0:40, 0:40] += 0.5
    ratio = float(pair_loss(in_face, truth, weight) / pair_loss(outside, truth, weight))
    assert 2.0 < ratio < 3.1


def test_psnr_of_a_known_error():
    truth = np.zeros((3, 8, 8), np.float32)
    assert psnr(truth + 0.1, truth) == pytest.approx(20.0, abs=1e-3)
    assert np.zeros((512, 512))[face_region(512)].shape == (280, 200)
    assert np.zeros((256, 256))[face_region(256)].shape == (140, 100)


def test_a_grown_network_starts_as_the_small_one_was():
    torch.manual_seed(1)
    small, pair = Generator(NetworkSize((8, 12, 16), (1, 1, 2), 8)), torch.rand(1, 6, 64, 64)
    grown = Generator(NetworkSize((12, 16, 24), (2, 1, 3), 12))
    inherit(grown, small)
    with torch.no_grad():
        torch.testing.assert_close(grown(pair), small(pair), atol=1e-5, rtol=0)


def test_a_shipped_file_can_be_trained_on():
    """What PyTorch makes of the weights in the file is what the file makes."""
    path = resource("models", "swift.onnx")
    network, name = trained_network(path)
    pair = np.random.default_rng(0).integers(0, 256, (6, 512, 512), np.uint8)
    (made,) = ort.InferenceSession(path, providers=["CPUExecutionProvider"]).run(
        None, {"pair": pair[None] / np.float32(255)}
    )
    np.testing.assert_allclose(generate(network, pair), made[0], atol=1e-4)
    assert name.startswith("swift-")


def test_a_shrunk_picture_is_the_mean_of_what_its_pixels_cover():
    planes = np.arange(32, dtype=np.float32).reshape(2, 4, 4)
    picture = planes.transpose(1, 2, 0)
    np.testing.assert_allclose(resized(picture, 2, 2)[..., 0], [[2.5, 4.5], [10.5, 12.5]])
    assert resized(picture, 4, 4) is picture


def test_a_shrunk_network_keeps_what_fits():
    small, large = (Generator(NetworkSize(channels, (1, 1), 8)) for channels in ((8, 12), (12, 24)))
    inherit(small, large)
    torch.testing.assert_close(small.stem.weight, large.stem.weight[:8])


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_every_kind_of_block_makes_a_generator(kind):
    network = Generator(NetworkSize((8, 16), (1, 1), 8, kind))
    with torch.no_grad():
        assert network(torch.rand(1, 6, 32, 32)).shape == (1, 4, 32, 32)
