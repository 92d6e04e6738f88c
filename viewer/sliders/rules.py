"""SliderRules: how the sliders are to be used: locked, linked, mirrored, shown alone, starred. State without widgets.

What a hand may move is decided here for every edit by hand, whoever makes it: see `ViewerModel.set_hand_rule`.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, QSettings, Signal

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, SHAPE_INDEX, Expression
from viewer.engine_info import EngineInfo
from viewer.performance.hand_rules import HandRules, Link
from viewer.performance.mirroring import Side, companion, flipped, side_of, with_side_copied
from viewer.performance.random_face import random_face
from viewer.performance.trained_range import UNKNOWN, TrainedRange
from viewer.shape_titles import title
from viewer.sliders.marks import Marks
from viewer.viewer_model import ViewerModel

FAVOURITES_KEY = "sliders/favourites"
STRENGTHS = (0.15, 0.3, 0.6, 1.0)
HEAD_TITLES = {"yaw": "Turn", "pitch": "Nod", "roll": "Tilt"}


class MirrorWay(Enum):
    """What to do once with the two sides. The value is its name in the menu."""

    LEFT_TO_RIGHT = "Copy left to right"
    RIGHT_TO_LEFT = "Copy right to left"
    SWAP = "Swap the sides"


class SliderRules(QObject):
    """Lives on the GUI thread. `memory` keeps the favourites; None forgets them."""

    changed = Signal()  # anything that sliders or their bar show

    def __init__(self, model: ViewerModel, memory: QSettings | None = None, seed: int | None = None) -> None:
        super().__init__(model)
        self._model, self._memory = model, memory
        self._chance = random.Random(seed)
        self.hand = HandRules()
        self.chosen: frozenset[str] = frozenset()
        self.alone: frozenset[str] = frozenset()
        self.favourites = _remembered(memory)
        self.trained: TrainedRange = UNKNOWN
        self.strength = STRENGTHS[2]
        self.found: frozenset[str] | None = None  # what a search shows
        self.favourites_only = False  # dice
        self._start = model.expression  # of the gesture
        self._last = (model.gesture, model.expression)
        model.set_hand_rule(self._obey)
        model.engine_changed.connect(self._on_engine)

    # -- what edits become -------------------------------------------------------------------------------------------
    def _obey(self, wanted: Expression, touched: frozenset[str]) -> tuple[Expression, frozenset[str]]:
        now = (self._model.gesture, self._model.expression)
        if now != self._last:  # another gesture, or something else has moved the face meanwhile
            self._start = self._model.expression
        face, moved = self.hand.obeyed(wanted, touched, before=self._model.expression, start=self._start)
        self._last = (self._model.gesture, face)
        return face, moved

    def _do_once(self, face: Expression, text: str) -> None:
        self._model.end_gesture()
        self._model.edit(face, text=text)
        self._model.end_gesture()

    # -- rules -------------------------------------------------------------------------------------------------------
    def set_mirroring(self, *, mirrors: bool) -> None:
        """Let both sides move together."""
        self._set(replace(self.hand, mirrors=mirrors))

    def lock(self, names: Collection[str], *, locked: bool) -> None:
        """Keep shapes and angles of the head from every hand, or give them free."""
        old = self.hand.locked
        self._set(replace(self.hand, locked=old | frozenset(names) if locked else old - frozenset(names)))

    def link(self, names: Collection[str], *, is_proportional: bool = False) -> None:
        """Let shapes move together from now on; those in another link leave it."""
        names = [name for name in ARKIT_SHAPES if name in names]
        if len(names) < 2:
            return
        self.chosen = frozenset()
        new = Link.of(names, self._model.expression, is_proportional=is_proportional)
        self._set(replace(self.hand, links=(*_without(self.hand.links, names), new)))

    def unlink(self, names: Collection[str]) -> None:
        """Let shapes move by themselves again."""
        self._set(replace(self.hand, links=_without(self.hand.links, names)))

    def link_of(self, name: str) -> Link | None:
        """The link that holds a shape."""
        return next((link for link in self.hand.links if name in link.names), None)

    def _set(self, hand: HandRules) -> None:
        self.hand = hand
        self._model.end_gesture()
        self.changed.emit()

    # -- choosing and showing ----------------------------------------------------------------------------------------
    def choose(self, names: Iterable[str], *, chosen: bool = True) -> None:
        """Add shapes to the chosen ones, or take them away."""
        names = frozenset(names) & frozenset(ARKIT_SHAPES)
        self.chosen = self.chosen | names if chosen else self.chosen - names
        self.changed.emit()

    def targets(self, name: str) -> tuple[str, ...]:
        """What a command on one slider is for: all that are chosen, if it is one of them."""
        return tuple(n for n in ARKIT_SHAPES if n in self.chosen) if name in self.chosen else (name,)

    def show_alone(self, names: Collection[str], *, alone: bool = True) -> None:
        """Show the contribution of these shapes only, besides others shown alone; or no longer."""
        names = frozenset(names) & frozenset(ARKIT_SHAPES)
        self.alone = self.alone | names if alone else self.alone - names
        self._model.show_only(self.alone)
        if self.alone and alone:
            self._model.post(
                f"Only {named(self.alone)} shown, all others rest: Esc in the sliders shows everything again"
            )
        self.changed.emit()

    def let_go(self) -> None:
        """Show everything, choose nothing."""
        self.chosen = frozenset()
        self.show_alone(self.alone, alone=False)

    def star(self, names: Collection[str], *, starred: bool) -> None:
        """Make shapes favourites, or not any more; it is remembered."""
        kept = [name for name in self.favourites if name not in names]
        self.favourites = (*kept, *(name for name in ARKIT_SHAPES if starred and name in names))
        if self._memory is not None:
            self._memory.setValue(FAVOURITES_KEY, ",".join(self.favourites))
        self.changed.emit()

    def set_strength(self, strength: float) -> None:
        """How far a face by chance is from the one before, 0..1."""
        self.strength = strength
        self.changed.emit()

    def set_scope(self, *, favourites_only: bool) -> None:
        """Whether faces by chance move the favourites only."""
        self.favourites_only = favourites_only
        self.changed.emit()

    def set_found(self, found: frozenset[str] | None) -> None:
        """What a search shows; None: there is none."""
        self.found = found
        self.changed.emit()

    @property
    def scope(self) -> tuple[str, ...]:
        """The shapes that faces by chance move: those that are searched for, favourites, or all."""
        shapes = self.favourites if self.favourites_only else ARKIT_SHAPES
        return tuple(name for name in shapes if self.found is None or name in self.found)

    # -- once --------------------------------------------------------------------------------------------------------
    def mirror(self, way: MirrorWay) -> None:
        """Copy one side to the other, or swap them."""
        face = self._model.expression
        if way is MirrorWay.SWAP:
            self._do_once(flipped(face), "Swap the sides")
        else:
            source: Side = "Left" if way is MirrorWay.LEFT_TO_RIGHT else "Right"
            self._do_once(with_side_copied(face, source), way.value)

    def copy_across(self, names: Collection[str]) -> None:
        """Give the other side's shapes the values of these."""
        face = self._model.expression
        pairs = {companion(name): face[name] for name in names if side_of(name)}
        self._do_once(face.with_weights(pairs), f"Copy {named(names)} across")

    def reset(self, names: Collection[str]) -> None:
        """Let shapes and angles rest."""
        shapes = dict.fromkeys((name for name in names if name in SHAPE_INDEX), 0.0)
        head = dict.fromkeys((name for name in names if name in HEAD_LIMITS_DEG), 0.0)
        self._do_once(self._model.expression.with_weights(shapes).with_head(**head), f"Reset {named(names)}")

    def randomise(self, names: Collection[str] | None = None) -> None:
        """Move to a face by chance, within what is possible and was trained; locked shapes stay.

        Args:
            names: of the shapes that move; None: those of `scope`.
        """
        names = self.scope if names is None else names
        missing = self._model.engine.missing if self._model.engine is not None else ()
        shapes = frozenset(names) & frozenset(ARKIT_SHAPES) - self.hand.locked - frozenset(missing)
        if not shapes:
            self._model.post("No shape is free to move: unlock one, star favourites, or search for others", "warning")
            return
        face = random_face(
            self._chance, self._model.expression, self.strength, shapes,
            within=self.trained, is_symmetric=self.hand.mirrors,
        )  # fmt: skip
        self._do_once(face, "Random face" if len(names) == len(ARKIT_SHAPES) else f"Random {named(names)}")

    # -- what sliders show -------------------------------------------------------------------------------------------
    def marks(self, name: str) -> Marks:
        """What the slider of a shape, or of an angle of the head, shows."""
        if name in SHAPE_INDEX:
            trained = (0.0, self.trained.weights[SHAPE_INDEX[name]])
        else:
            trained = self.trained.head[list(HEAD_LIMITS_DEG).index(name)]
        return Marks(
            is_locked=name in self.hand.locked,
            is_favourite=name in self.favourites,
            is_chosen=name in self.chosen,
            is_alone=name in self.alone,
            is_dimmed=bool(self.alone) and name in SHAPE_INDEX and name not in self.alone,
            link=next((i for i, link in enumerate(self.hand.links) if name in link.names), -1),
            trained=trained if self.trained.is_known else None,
        )

    def _on_engine(self, engine: EngineInfo) -> None:
        self.trained = engine.trained
        self.changed.emit()


def short_name(name: str) -> str:
    """A shape or an angle in the words of the sliders."""
    return HEAD_TITLES.get(name) or title(name)


def named(names: Collection[str]) -> str:
    """What is moved at once, in few words."""
    return short_name(next(iter(names))) if len(names) == 1 else f"{len(names)} shapes"


def _without(links: Iterable[Link], names: Collection[str]) -> tuple[Link, ...]:
    left = (replace(link, weights=tuple(pair for pair in link.weights if pair[0] not in names)) for link in links)
    return tuple(link for link in left if len(link.weights) > 1)


def _remembered(memory: QSettings | None) -> tuple[str, ...]:
    kept = memory.value(FAVOURITES_KEY, "") if memory is not None else ""
    names = kept if isinstance(kept, list) else str(kept).split(",")  # a list: somebody wrote the file by hand
    return tuple(dict.fromkeys(name for name in names if name in SHAPE_INDEX))
