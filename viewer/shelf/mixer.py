"""PresetMixer: puts presets on the face: one, or two blended, as strong as wanted, on a part of it. No widgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.blending import blended
from viewer.performance.easing import smoothstep
from viewer.performance.preset_file import Preset
from viewer.performance.preset_mixing import WHOLE, Mix
from viewer.viewer_model import ViewerModel

EASE_S = 0.15  # a preset that is used comes in as quickly as a face can move, and not at a bound
TICK_MS = 16


class PresetMixer(QObject):
    """Lives on the GUI thread. One movement of a hand, from `begin` to `end`, is one step of the history."""

    changed = Signal()

    def __init__(
        self, model: ViewerModel, *, ease_s: float = EASE_S, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(model)
        self.mix: Mix | None = None
        self.chosen: tuple[Preset, ...] = ()
        self._model, self._ease_s, self._now_s = model, ease_s, now_s
        self._part = WHOLE
        self._from: Expression = model.expression  # where a preset that comes in began,
        self._last: Expression = model.expression  # how far it has come, and since when
        self._since_s = 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.ease)

    def choose(self, presets: Sequence[Preset]) -> None:
        """What is to be mixed: one preset, or two; the face stays as it is until something is moved."""
        if tuple(presets) == self.chosen:
            return
        self.finish()
        before, self.mix, self.chosen = self.mix, None, tuple(presets)
        if 1 <= len(self.chosen) <= 2:
            strength = before.strength if before is not None and before.one == self.chosen[0] else 1.0
            other = self.chosen[1] if len(self.chosen) == 2 else None
            self.mix = Mix(self.chosen[0], other, strength=strength, part=self._part)
        self.changed.emit()

    def use(self, preset: Preset) -> None:
        """Put a preset on the face as it is: one step, in which the face eases there."""
        self.begin()
        self.choose((preset,))
        self.mix = Mix(preset, part=self._part)
        self.changed.emit()
        self._from = self._last = self._model.expression
        self._since_s = self._now_s()
        self._timer.start()
        if self._model.playback.playing:
            self.finish()  # what plays would move the face on under it: a hand stops that, or is recorded into it
        else:
            self.ease()

    def ease(self) -> None:
        """Come a little nearer to the preset that is used; give up if something else has moved the face."""
        if self._model.expression != self._last:
            self._timer.stop()
            return
        share = (self._now_s() - self._since_s + TICK_MS / 1000) / self._ease_s if self._ease_s else 1.0
        if share >= 1:
            self.finish()
        elif self.mix is not None and (self._model.shown is None or not self._model.outstanding):  # else: dropped
            self._show(blended(self._from, self.mix.on(self._from), smoothstep(share)))

    def finish(self) -> None:
        """Be there at once, if a preset is still coming in."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        if self.mix is not None and self._model.expression == self._last:
            self._show(self.mix.on(self._from))
            self.end()

    def set_share(self, share: float) -> None:
        """How much of the other preset, 0..1."""
        if self.mix is not None:
            self._move(replace(self.mix, share=share))

    def set_strength(self, strength: float) -> None:
        """How strong, 0..1."""
        if self.mix is not None:
            self._move(replace(self.mix, strength=strength))

    def set_part(self, part: str) -> None:
        """Which part of the face what follows is put on: one of PARTS."""
        self.finish()
        self._part = part
        if self.mix is not None:
            self.mix = replace(self.mix, part=part)
        self.changed.emit()

    def begin(self) -> None:
        """A hand takes hold of a slider."""
        self.finish()
        self._model.end_gesture()

    def end(self) -> None:
        """It has let go."""
        self._model.end_gesture()

    def _move(self, mix: Mix) -> None:
        self.finish()
        self.mix = mix
        self.changed.emit()
        self._show(mix.on(self._model.expression))

    def _show(self, face: Expression) -> None:
        if self.mix is None:
            return
        pairs = zip(ARKIT_SHAPES, self._model.expression.weights, face.weights, strict=True)
        moved = frozenset(name for name, before, after in pairs if before != after)
        self._model.edit(face, touched=moved, text=self.mix.title, is_whole=True)
        self._last = self._model.expression
