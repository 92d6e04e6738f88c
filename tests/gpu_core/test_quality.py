"""The figures of quality, against answers known beforehand."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gpu_core import quality


@pytest.fixture
def picture():
    """(512, 512, 4) opaque, smooth with some grain."""
    chance = np.random.default_rng(0)
    ramp = np.linspace(0.2, 0.8, 512, dtype=np.float32)
    colours = ramp[:, None, None] * np.ones((1, 512, 3), np.float32) + chance.normal(0, 0.02, (512, 512, 3))
    return np.concatenate([np.clip(colours, 0, 1), np.ones((512, 512, 1))], axis=-1).astype(np.float32)


def test_equal_pictures_are_perfect(picture):
    face = quality.in_face(picture)
    assert quality.psnr(face, face) == float("inf")
    assert quality.ssim(face, face) == pytest.approx(1.0)
    assert quality.flip_map(picture, picture).max() == 0.0


def test_psnr_of_a_known_error(picture):
    assert quality.psnr(picture * 0 + 0.6, picture * 0 + 0.5) == pytest.approx(20.0, abs=1e-4)
    noise = np.random.default_rng(1).normal(0, 0.01, picture.shape)
    assert quality.psnr(picture + noise, picture) == pytest.approx(40.0, abs=0.05)


def test_more_noise_is_worse_in_every_figure(picture):
    noise = np.random.default_rng(2).normal(0, 1, (512, 512, 1)).astype(np.float32)
    little, much = (np.clip(picture + amount * noise * [1, 1, 1, 0], 0, 1) for amount in (0.02, 0.1))
    truth = quality.in_face(picture)
    assert 1 > quality.ssim(quality.in_face(little), truth) > quality.ssim(quality.in_face(much), truth)
    assert 0 < quality.flip_map(little, picture).mean() < quality.flip_map(much, picture).mean() < 1


def test_ssim_of_a_constant_shift_is_wangs_luminance_term():
    """Without structure only (2ab + C1) / (a² + b² + C1) remains, C1 = 0.01²."""
    a, b = 0.3, 0.5
    expected = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4)
    assert quality.ssim(np.full((32, 32, 3), a), np.full((32, 32, 3), b)) == pytest.approx(expected, abs=1e-6)


def test_flip_sees_a_wrong_alpha_and_where(picture):
    wrong = picture.copy()
    wrong[:100] = 0
    errors = quality.flip_map(wrong, picture)
    assert errors.shape == (512, 512)
    assert errors[:80].mean() > 0.1
    assert errors[200:].max() < 1e-3


def test_black_against_white_is_flips_largest_error():
    black, white = np.zeros((64, 64, 4), np.float32), np.ones((64, 64, 4), np.float32)
    black[..., 3] = 1
    assert quality.flip_map(black, white).mean() > 0.9


def test_the_face_region_is_the_fixed_box_at_any_size(picture):
    assert quality.in_face(picture).shape == (280, 200, 3)
    assert quality.in_face(picture[::2, ::2]).shape == (140, 100, 3)


class TestFlicker:
    """Four frames of one value each: the truth rises by 0.1, its second seed wavers by 0.01 around it."""

    truth = np.array([0.0, 0.1, 0.2, 0.3])[:, None]
    second = truth + np.array([0.0, 0.01, 0.0, 0.01])[:, None]  # changes off by 0.01 each

    def test_moving_as_the_truth_does_is_no_flicker_whatever_the_colour(self):
        assert quality.flicker(self.truth + 0.25, self.truth, self.second) == pytest.approx(0.0, abs=1e-5)

    def test_wavering_like_the_second_seed_is_one(self):
        assert quality.flicker(self.second, self.truth, self.second) == pytest.approx(1.0)

    def test_wavering_three_times_as_much_is_three(self):
        made = self.truth + 3 * (self.second - self.truth)
        assert quality.flicker(made, self.truth, self.second) == pytest.approx(3.0, rel=1e-4)

    def test_standing_still_while_the_truth_moves_counts(self):
        assert quality.flicker(self.truth * 0, self.truth, self.second) == pytest.approx(10.0, rel=1e-4)

    def test_no_noise_to_compare_with_is_an_error(self):
        with pytest.raises(ValueError, match="second seed"):
            quality.flicker(self.truth, self.truth, self.truth)


def test_a_missing_library_is_told_with_the_remedy(picture, monkeypatch):
    for library, use in (("skimage.metrics", quality.ssim), ("flip_evaluator", quality.flip_map)):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(quality.MissingMetric, match=r"pip install 'mien\[bench\]'"):
            use(picture, picture)
