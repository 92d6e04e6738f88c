"""What a sound is like, a hundred times a second: mel cepstra for comparing, bands for what a mouth does.

Cepstra after S. Davis and P. Mermelstein, Comparison of parametric representations for monosyllabic word recognition,
1980: windows of 25 ms, triangular filters on the mel scale (O'Shaughnessy, 1987), logarithms, a discrete cosine
transform.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from viewer.speech.spoken import Samples

Table = NDArray[np.float64]

HOP_S, _WINDOW_S = 0.01, 0.025
_EMPHASIS = 0.97  # of the sample before, taken away: speech falls with frequency
_LOWEST_HZ, _HIGHEST_HZ, _FILTERS, _CEPSTRA = 80.0, 7600.0, 26, 13
_FLOOR = 1e-5  # of the loudest band: one recording's silence is as silent as another's
_NOTHING = 1e-12
_CHUNK = 4096  # windows at a time: a long sound does not need the memory of all its spectra


def power(samples: Samples, rate: int) -> Table:
    """(n, bins) power spectra, one each `HOP_S`; the middle of row i is i * HOP_S seconds in."""
    width, hop = round(_WINDOW_S * rate), round(HOP_S * rate)
    padded = np.pad(samples.astype(np.float64), (width // 2, width))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[: len(samples) + 1 : hop]
    shape = np.hamming(width)
    size = size_of(rate)
    rows = [np.abs(np.fft.rfft(windows[at : at + _CHUNK] * shape, size)) ** 2 for at in range(0, len(windows), _CHUNK)]
    result: Table = np.concatenate(rows) / width
    return result


def size_of(rate: int) -> int:
    """Length of the Fourier transform at a rate: the power of two that holds a window."""
    return 1 << (round(_WINDOW_S * rate) - 1).bit_length()


def cepstra(samples: Samples, rate: int) -> Table:
    """(n, 26) mel cepstra and how they change, each with mean 0 and deviation 1 over what is loud: voices differ."""
    emphasised = np.append(samples[:1], samples[1:] - np.float32(_EMPHASIS) * samples[:-1])
    bands = power(emphasised, rate) @ _filters(rate)
    found = np.log(bands + max(_FLOOR * float(bands.max()), _NOTHING)) @ _cosines()
    loud = found[:, 0] > np.percentile(found[:, 0], 40)
    spread = found[loud].std(axis=0) + 1e-6
    found = (found - found[loud].mean(axis=0)) / spread
    changes = np.gradient(found, axis=0) if len(found) > 1 else np.zeros_like(found)
    result: Table = np.hstack([found, 2.0 * changes])
    return result


@cache
def _filters(rate: int) -> Table:
    """(bins, filters): triangles, evenly spaced in mel."""
    highest = min(_HIGHEST_HZ, 0.48 * rate)
    mels = np.linspace(_mel(_LOWEST_HZ), _mel(highest), _FILTERS + 2)
    corners = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    hertz = np.fft.rfftfreq(size_of(rate), 1.0 / rate)[:, None]
    rising = (hertz - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - hertz) / (corners[2:] - corners[1:-1])
    result: Table = np.maximum(np.minimum(rising, falling), 0.0)
    return result


def _mel(hertz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hertz / 700.0))


@cache
def _cosines() -> Table:
    """(filters, cepstra): the DCT-II."""
    places = (np.arange(_FILTERS) + 0.5) * np.pi / _FILTERS
    result: Table = np.cos(places[:, None] * np.arange(_CEPSTRA)) * np.sqrt(2.0 / _FILTERS)
    return result
