"""The form of a stream's video, checked."""

from __future__ import annotations

from fractions import Fraction

from viewer.push.target import PushError
from viewer.push.values import ENCODERS, VideoForm

_FPS, _KEY_S, _KBPS = (1.0, 240.0), (0.1, 30.0), (50, 100_000)
_BITS_PER_PIXEL = 0.2  # of a face that talks: see `h264`
_LEAST_KBPS = 300


def checked_rate(form: VideoForm) -> Fraction:
    """The rate as video has it, 29.97 is 30000/1001; says first what is wrong with the form.

    Raises:
        PushError: it cannot be pushed in this form.
    """
    if not _FPS[0] <= form.fps <= _FPS[1]:
        raise PushError(f"{form.fps:g} frames a second cannot be pushed: {_FPS[0]:g} to {_FPS[1]:g} can")
    if not _KEY_S[0] <= form.key_s <= _KEY_S[1]:
        raise PushError(f"a key frame every {form.key_s:g} s is no good: {_KEY_S[0]:g} to {_KEY_S[1]:g} s is")
    if form.bit_rate_kbps and not _KBPS[0] <= form.bit_rate_kbps <= _KBPS[1]:
        raise PushError(f"{form.bit_rate_kbps} kbit/s cannot be pushed: {_KBPS[0]} to {_KBPS[1]} can, or 0 to choose")
    if form.encoder not in ENCODERS:
        raise PushError(f"there is no encoder '{form.encoder}': {', '.join(ENCODERS)} can be asked for")
    return Fraction(form.fps).limit_denominator(1001)


def kbps_of(form: VideoForm, side: int) -> int:
    """The bit rate: the form's, or by the size of the picture and the rate."""
    chosen = round(_BITS_PER_PIXEL * side * side * form.fps / 1000)
    return form.bit_rate_kbps or min(_KBPS[1], max(_LEAST_KBPS, chosen))
