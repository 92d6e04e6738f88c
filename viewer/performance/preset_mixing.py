"""One preset or a blend of two, as strong as wanted, on the whole face or on a part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, Expression
from viewer.performance.blending import blended
from viewer.performance.preset_file import Preset
from viewer.performance.presets import blend
from viewer.shape_titles import REGIONS

WHOLE = "Whole"
# Parts of a face -> the regions of shapes that belong to them. The head's pose belongs to the whole face only.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "Brows": ("Brows",),
    "Eyes": ("Eyes", "Gaze"),
    "Mouth": ("Cheeks and nose", "Jaw", "Mouth", "Tongue"),
}
PARTS: Mapping[str, frozenset[str]] = {WHOLE: frozenset(ARKIT_SHAPES)} | {
    part: frozenset(name for region in regions for row in REGIONS[region] for name in row)
    for part, regions in _PARTS.items()
}


@dataclass(frozen=True)
class Mix:
    """`share` of the other preset, 0..1; `strength` 0 is the neutral face, 1 the presets as they are."""

    one: Preset
    other: Preset | None = None
    share: float = 0.0
    strength: float = 1.0
    part: str = WHOLE

    @property
    def title(self) -> str:
        """The mix in words, for the history."""
        words = self.one.title
        if self.other is not None and self.share:
            words = f"{self.one.title} to {self.other.title} {self.share:.0%}"
        strength = f", {self.strength:.0%} strong" if self.strength != 1 else ""
        return f"{words}{strength}{'' if self.part == WHOLE else f' ({self.part.lower()})'}"

    def on(self, face: Expression) -> Expression:
        """The face with the mix on it; what lies outside its part stays."""
        wanted = self.one.expression if self.other is None else blend(self.one, self.other, self.share)
        wanted = blended(NEUTRAL, wanted, self.strength)
        if self.part == WHOLE:
            return wanted
        return face.with_weights({name: wanted[name] for name in PARTS[self.part]})


def weights_text(face: Expression) -> str:
    """The weights that are not 0 by ARKit name, strongest first, and the head's angles."""
    shapes = sorted(zip(face.weights, ARKIT_SHAPES, strict=True), key=lambda pair: -pair[0])
    words = [f"{name} {weight:.2f}" for weight, name in shapes if weight]
    words += [f"{axis} {getattr(face, axis):.1f}°" for axis in HEAD_LIMITS_DEG if getattr(face, axis)]
    return ", ".join(words) or "all weights 0"
