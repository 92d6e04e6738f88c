"""PresetMixer: puts presets on the face: one, or two blended, as strong as wanted, on a part of it. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.preset_file import Preset
from viewer.performance.preset_mixing import WHOLE, Mix
from viewer.viewer_model import ViewerModel


class PresetMixer(QObject):
    """Lives on the GUI thread. One movement of a hand, from `begin` to `end`, is one step of the history."""

    changed = Signal()

    def __init__(self, model: ViewerModel) -> None:
        super().__init__(model)
        self.mix: Mix | None = None
        self.chosen: tuple[Preset, ...] = ()
        self._model = model
        self._part = WHOLE

    def choose(self, presets: Sequence[Preset]) -> None:
        """What is to be mixed: one preset, or two; the face stays as it is until something is moved."""
        if tuple(presets) == self.chosen:
            return
        self.chosen = tuple(presets)
        mix = self.mix
        self.mix = None
        if 1 <= len(self.chosen) <= 2:
            other = self.chosen[1] if len(self.chosen) == 2 else None
            self.mix = Mix(self.chosen[0], other, part=self._part)
            if mix is not None and mix.one == self.mix.one:
                self.mix = replace(self.mix, strength=mix.strength)
        self.changed.emit()

    def use(self, preset: Preset) -> None:
        """Put a preset on the face as it is: one step."""
        self.choose((preset,))
        assert self.mix is not None
        self.mix = replace(self.mix, strength=1.0, share=0.0)
        self.changed.emit()
        self.begin()
        self._show()
        self.end()

    def set_share(self, share: float) -> None:
        """How much of the other preset, 0..1."""
        self._set(share=share)

    def set_strength(self, strength: float) -> None:
        """How strong, 0..1."""
        self._set(strength=strength)

    def set_part(self, part: str) -> None:
        """Which part of the face what follows is put on: one of PARTS."""
        self._part = part
        if self.mix is not None:
            self.mix = replace(self.mix, part=part)
        self.changed.emit()

    def begin(self) -> None:
        """A hand takes hold of a slider."""
        self._model.end_gesture()

    def end(self) -> None:
        """It has let go."""
        self._model.end_gesture()

    def _set(self, **values: float) -> None:
        if self.mix is not None:
            self.mix = replace(self.mix, **values)  # type: ignore[arg-type]
            self.changed.emit()
            self._show()

    def _show(self) -> None:
        if self.mix is not None:
            face = self.mix.on(self._model.expression)
            self._model.edit(face, touched=_moved(self._model.expression, face), text=self.mix.title)


def _moved(before: Expression, after: Expression) -> frozenset[str]:
    pairs = zip(ARKIT_SHAPES, before.weights, after.weights, strict=True)
    return frozenset(name for name, one, other in pairs if one != other)
