"""SpeechModel: the text that the face is to say, what was found in it, and how it is decided to be said.

What was spoken becomes the performance "speech", in place of the one before, and plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.playable import Playable
from viewer.speech.analysing import LONGEST
from viewer.speech.analysis import EMOTIONS, Analysis, Lane, value_at
from viewer.speech.overriding import EXCITEMENT, STRESS, Override, with_override
from viewer.speech.speech_order import FASTEST, SLOWEST, SpeechOrder
from viewer.speech.speech_performance import SpeechPerformance
from viewer.speech.voices import AUTO
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel
from viewer.voice.speech_work import SpeechWork

KEY = "speech"
TYPED_MS = 250  # after the last letter a text is taken apart
LEAD_S = 0.15  # what was changed is heard from so long before it


class SpeechModel(QObject):
    """Lives on the GUI thread; to be closed."""

    changed = Signal()  # anything that the panel shows
    spoken = Signal(str, str)  # key and title of a performance that can be chosen from now on

    def __init__(self, model: ViewerModel, playable: Playable, work: SpeechWork | None = None) -> None:
        super().__init__(model)
        self._model, self._playable = model, playable
        self.work = work or SpeechWork(self)
        self.order = SpeechOrder("")
        self.analysis: Analysis | None = None
        self.performance: SpeechPerformance | None = None
        self.error = ""
        self.is_busy = False
        self.chosen: tuple[int, int] | None = None  # characters of the analysis that a hand decides about; None: all
        self._stopped_looping = False  # what was played before it spoke
        self._was_playing = False
        self._is_warmed = False
        self._from = 0  # character of the analysis that is heard first when it is spoken
        self._typed = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._typed.timeout.connect(self._analyse)
        self.work.analysed.connect(self._on_analysed)
        self.work.spoken.connect(self._on_spoken)
        self.work.failed.connect(self._on_failed)
        model.playback_changed.connect(self._on_playback)

    # -- what is to be said ------------------------------------------------------------------------------------------
    def warm_up(self) -> None:
        """Somebody may speak soon: read what that needs. Once."""
        if not self._is_warmed:
            self._is_warmed = True
            self.work.warm_up(SpeechOrder("", AUTO))

    def set_text(self, text: str) -> None:
        """Another text: what was decided about the one before is forgotten."""
        if text != self.order.text:
            self.order = replace(self.order, text=text, overrides=())
            self.chosen, self.error, self._from = None, "", 0
            if not text.strip():
                self.analysis = None
            self._typed.start()
            self.changed.emit()

    def set_voice(self, voice: str) -> None:
        """Who speaks."""
        self._set(replace(self.order, voice=voice))

    def set_rate(self, rate: float) -> None:
        """How fast, `SLOWEST`..`FASTEST`."""
        self._set(replace(self.order, rate=min(max(rate, SLOWEST), FASTEST)))

    def choose(self, span: tuple[int, int] | None) -> None:
        """Decide about these characters of the analysis from now on; None: about all of it."""
        if span != self.chosen:
            self.chosen = span
            self.changed.emit()

    def value_of(self, lane: str) -> float:
        """A lane's value where it is chosen; of all of it, what was told."""
        if self.chosen is None:
            return dict(self.order.emotions).get(lane, 0.0)
        at = self.chosen[0]
        for each in reversed(self.order.overrides):  # the analysis will have it in a moment
            if each.lane == lane and each.start <= at < each.end:
                return each.value
        return value_at(_lanes(self.analysis).get(lane, ()), at)

    def set_value(self, lane: str, value: float) -> None:
        """Decide a lane's value where it is chosen; `speak_changed` makes it heard."""
        if self.chosen is None:
            told = dict(self.order.emotions) | {lane: value}
            emotions = tuple((name, told[name]) for name in EMOTIONS if told.get(name, 0.0) > 0.0)
            self._set(replace(self.order, emotions=emotions))
            return
        span = self._clause_of(self.chosen) if lane == EXCITEMENT else self.chosen  # one breath has one pace
        new = Override(lane, *span, value)
        self._set(replace(self.order, overrides=with_override(self.order.overrides, new)))
        self._from = self.chosen[0]

    def forget_decisions(self) -> None:
        """As the text says, everywhere."""
        self._set(replace(self.order, emotions=(), overrides=(), rate=1.0))

    def _clause_of(self, span: tuple[int, int]) -> tuple[int, int]:
        clauses = self.analysis.clauses if self.analysis is not None else ()
        return next(((each.start, each.end) for each in clauses if each.start <= span[0] < each.end), span)

    def _set(self, order: SpeechOrder) -> None:
        if order != self.order:
            self.order, self._from = order, 0
            self._typed.start()
            self.changed.emit()

    # -- saying it ---------------------------------------------------------------------------------------------------
    def speak(self) -> None:
        """Say it from its beginning."""
        self._from = 0
        self._speak()

    def speak_changed(self) -> None:
        """Say anew what was said, from what was changed."""
        if self.performance is not None or self.is_busy:
            self._speak()

    def stop(self) -> None:
        """Fall silent, and give up what is being prepared."""
        self.work.cancel()
        self.is_busy = False
        if self.is_playing:
            self._model.set_playback(replace(self._model.playback, playing=False))
        self.changed.emit()

    @property
    def is_playing(self) -> bool:
        """Whether it is being said."""
        return self._model.playback.name == KEY and self._model.playback.playing

    def close(self) -> None:
        """End what works beside the window. May be called twice."""
        self._typed.stop()
        self.work.close()

    def _speak(self) -> None:
        self._typed.stop()
        self.error = self._refusal()
        if not self.error:
            self.is_busy = True
            self.work.speak(self.order)
        self.changed.emit()

    def _refusal(self) -> str:
        if not self.order.text.strip():
            return "There is nothing to say: type a text first"
        if self.order.is_too_long:
            return f"The text has {len(self.order.text):,} characters; {LONGEST:,} at most are spoken at once"
        return ""

    def _analyse(self) -> None:
        if self.order.text.strip() and not self.order.is_too_long:
            self.work.analyse(self.order)

    # -- what comes of it --------------------------------------------------------------------------------------------
    def _on_analysed(self, order: SpeechOrder, analysis: Analysis) -> None:
        if order == self.order:
            self.analysis, self.error = analysis, ""
            self.changed.emit()

    def _on_spoken(self, order: SpeechOrder, performance: SpeechPerformance) -> None:
        self.is_busy, self.performance, self.error = False, performance, ""
        if order == self.order:
            self.analysis = performance.analysis
        self._playable.add(performance)
        self.spoken.emit(KEY, performance.title)
        self._play(performance)
        self.changed.emit()

    def _play(self, performance: SpeechPerformance) -> None:
        """From where it was changed; once, unless the user wants it again and again."""
        playback = self._model.playback
        was_speech = playback.name == KEY
        if not was_speech:
            self._stopped_looping = playback.loop
        loop = playback.loop if was_speech else False
        if was_speech:  # it is another one of the same name
            self._model.set_playback(Playback(loop=loop))
        at_s = _heard_at(performance, self._from)
        self._model.set_playback(
            replace(self._model.playback, name=KEY, position_s=at_s, playing=True, loop=loop, loop_range=None)
        )

    def _on_failed(self, order: SpeechOrder, text: str) -> None:
        if order == self.order:
            self.is_busy = False
            self.error = text[:1].upper() + text[1:]
            self.changed.emit()

    def _on_playback(self, playback: Playback) -> None:
        if self._stopped_looping and playback.name not in ("", KEY):
            self._stopped_looping = False
            self._model.set_playback(replace(playback, loop=True))
        if self.is_playing != self._was_playing:
            self._was_playing = self.is_playing
            self.changed.emit()


def _lanes(analysis: Analysis | None) -> Mapping[str, Lane]:
    if analysis is None:
        return {}
    return {**analysis.emotions, EXCITEMENT: analysis.excitement, STRESS: analysis.stress}


def _heard_at(performance: SpeechPerformance, position: int) -> float:
    """When the word at a character begins, a little before; the beginning for the first."""
    if position <= 0:
        return 0.0
    words, times = performance.analysis.words, performance.spoken.word_times()
    starts = [times[i][0] for i, word in enumerate(words) if i in times and word.end > position]
    return max(starts[0] - LEAD_S, 0.0) if starts else 0.0
