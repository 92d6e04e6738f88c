"""The lanes of a text: emotions, excitement, stress, each value with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from viewer.speech.analysis import EMOTIONS, Clause, Evidence, Lane, Mark, Word
from viewer.speech.lexicons import (
    Feeling,
    chinese_degree,
    chinese_feeling,
    english_degree,
    english_feeling,
    negates,
)
from viewer.speech.markup import Stretch
from viewer.speech.wording import parts_of

_LOOKS_BACK = 3  # words: as far as VADER looks for what boosts and negates
_EXCLAIMED, _SHOUTED, _ASKED = 0.35, 0.3, 0.1  # excitement of one "!", of a word in capitals, of "?"
_FROM_FEELING = 0.35  # of the strongest lively feeling
_LIVELY = frozenset({"joy", "anger", "fear", "surprise"})
_NUCLEUS, _DEGREE_STRESS, _CONTENT = 1.0, 0.8, 0.35
_EMOJI = 0.6


class _Told:
    """One clause's words, with what they mean for feelings."""

    def __init__(self, text: str, words: Sequence[Word], clause: Clause) -> None:
        self._words, self._first = words, clause.words[0]
        self.surfaces = [text[word.start : word.end] for word in words[slice(*clause.words)]]

    def word(self, place: int) -> Word:
        return self._words[self._first + place]

    def degree(self, place: int) -> float:
        surface = self.surfaces[place]
        if self.word(place).language == "en":
            return english_degree(surface)
        return max((chinese_degree(part) for part in parts_of(surface)), key=abs)

    def feeling(self, place: int) -> Feeling | None:
        surface = self.surfaces[place]
        if self.word(place).language == "en":
            return english_feeling(surface)
        return next((found for part in parts_of(surface) if (found := chinese_feeling(part))), None)

    def before(self, place: int) -> range:
        return range(max(place - _LOOKS_BACK, 0), place)

    def negation_of(self, place: int) -> int | None:
        """Where the word is that turns this one around, if there is one."""
        return next((i for i in self.before(place) if negates(self.surfaces[i], self.word(i).language)), None)

    def evidence(self, place: int, why: str) -> Evidence:
        return Evidence(self.word(place).start, self.word(place).end, f"{why}: {self.surfaces[place]}")


def emotion_lanes(
    text: str,
    words: Sequence[Word],
    clauses: Sequence[Clause],
    marked: Iterable[Stretch],
    emoji: Iterable[tuple[int, str]],
) -> dict[str, Lane]:
    """Each emotion's marks, one a clause that tells it; markup speaks before words."""
    found: dict[str, list[Mark]] = {name: [] for name in EMOTIONS}
    for clause in clauses:
        for name, (value, evidence) in _felt(_Told(text, words, clause)).items():
            found[name].append(Mark(clause.start, clause.end, value, evidence))
    for position, name in emoji:
        near = next((clause for clause in clauses if position < clause.end), clauses[-1])
        _raise(found[name], near, _EMOJI, Evidence(position, position + 1, "emoji"))
    lanes = {name: tuple(marks) for name, marks in found.items() if marks}
    for stretch in marked:
        why = Evidence(stretch.start, stretch.end, "markup")
        lanes[stretch.name] = laid_over(
            lanes.get(stretch.name, ()), Mark(stretch.start, stretch.end, stretch.value, (why,))
        )
    return lanes


def _felt(told: _Told) -> dict[str, tuple[float, tuple[Evidence, ...]]]:
    """The emotions of a clause: values join as 1 - (1 - a)(1 - b)."""
    result: dict[str, tuple[float, tuple[Evidence, ...]]] = {}
    for place in range(len(told.surfaces)):
        feeling = told.feeling(place)
        if feeling is None:
            continue
        evidence = [told.evidence(place, "lexicon")]
        strength = feeling.strength
        for i in (*told.before(place), place):
            if degree := told.degree(i):
                strength *= 1 + degree
                evidence.append(told.evidence(i, "booster" if degree > 0 else "softener"))
        emotion = feeling.emotion
        if (negation := told.negation_of(place)) is not None:
            emotion, strength = ("sadness", 0.5 * strength) if emotion == "joy" else (emotion, 0.0)
            evidence.append(told.evidence(negation, "negation"))
        if strength > 0:
            before, known = result.get(emotion, (0.0, ()))
            result[emotion] = (1 - (1 - before) * (1 - min(strength, 1.0)), (*known, *evidence))
    return result


def _raise(marks: list[Mark], clause: Clause, value: float, why: Evidence) -> None:
    """Add a value to a clause's mark, or make one."""
    for place, mark in enumerate(marks):
        if (mark.start, mark.end) == (clause.start, clause.end):
            marks[place] = Mark(mark.start, mark.end, 1 - (1 - mark.value) * (1 - value), (*mark.evidence, why))
            return
    marks.append(Mark(clause.start, clause.end, value, (why,)))
    marks.sort(key=lambda mark: mark.start)


def laid_over(lane: Lane, top: Mark) -> Lane:
    """A mark in place of whatever the lane says there."""
    rest = []
    for mark in lane:
        if mark.start < top.start:
            rest.append(Mark(mark.start, min(mark.end, top.start), mark.value, mark.evidence))
        if mark.end > top.end:
            rest.append(Mark(max(mark.start, top.end), mark.end, mark.value, mark.evidence))
    return tuple(sorted([*rest, top] if top.value > 0 else rest, key=lambda mark: mark.start))


def excitement_lane(text: str, words: Sequence[Word], clauses: Sequence[Clause], emotions: Mapping[str, Lane]) -> Lane:
    """How excited each clause is: exclamation marks, capitals, degrees, lively feelings."""
    marks = []
    for clause in clauses:
        parts = [*_exclaimed(text, clause), *_shouted(text, words, clause), *_from_feelings(clause, emotions)]
        calm = 1.0
        for value, _ in parts:
            calm *= 1 - value
        if calm < 1.0:
            marks.append(Mark(clause.start, clause.end, 1 - calm, tuple(evidence for _, evidence in parts)))
    return tuple(marks)


def _exclaimed(text: str, clause: Clause) -> list[tuple[float, Evidence]]:
    signs = [(i, c) for i, c in enumerate(text[clause.start : clause.end], clause.start) if c in "!！?？"]
    loud = [(_EXCLAIMED, Evidence(i, i + 1, "exclamation mark")) for i, c in signs if c in "!！"][:3]
    return loud or [(_ASKED, Evidence(i, i + 1, "question mark")) for i, c in signs][:1]


def _shouted(text: str, words: Sequence[Word], clause: Clause) -> list[tuple[float, Evidence]]:
    told = _Told(text, words, clause)
    found = []
    for place, surface in enumerate(told.surfaces):
        if len(surface) > 2 and surface.isupper() and told.word(place).language == "en":
            found.append((_SHOUTED, told.evidence(place, "capitals")))
        elif (degree := told.degree(place)) > 0:
            found.append((min(0.5 * degree, 0.4), told.evidence(place, "booster")))
    return found


def _from_feelings(clause: Clause, emotions: Mapping[str, Lane]) -> list[tuple[float, Evidence]]:
    found = []
    for name in _LIVELY & emotions.keys():
        for mark in emotions[name]:
            if mark.start < clause.end and mark.end > clause.start:
                found.append((_FROM_FEELING * mark.value, Evidence(mark.start, mark.end, f"feeling: {name}")))
    return sorted(found, key=lambda part: part[1].why)


def stress_lane(
    text: str, words: Sequence[Word], clauses: Sequence[Clause], content: frozenset[int], marked: Iterable[Stretch]
) -> Lane:
    """Which words stand out. The last content word of a clause bears its accent: the nuclear stress rule of Chomsky and
    Halle, 1968; in Chinese, too, weight lies at the end. Degrees, capitals and markup stand out by themselves."""
    marks: dict[int, Mark] = {}
    for clause in clauses:
        told = _Told(text, words, clause)
        inside = [index for index in range(*clause.words) if index in content]
        for index in inside:
            is_last = index == inside[-1]
            value, why = (_NUCLEUS, "accent of the clause") if is_last else (_CONTENT, "content word")
            _stress(marks, words, index, value, told.evidence(index - clause.words[0], why))
        for place, surface in enumerate(told.surfaces):
            if told.degree(place) > 0:
                _stress(marks, words, clause.words[0] + place, _DEGREE_STRESS, told.evidence(place, "booster"))
            if len(surface) > 2 and surface.isupper():
                _stress(marks, words, clause.words[0] + place, 1.0, told.evidence(place, "capitals"))
    for stretch in marked:
        for index, word in enumerate(words):
            if word.start < stretch.end and word.end > stretch.start:
                marks[index] = Mark(word.start, word.end, stretch.value, (Evidence(word.start, word.end, "markup"),))
    return tuple(marks[index] for index in sorted(marks) if marks[index].value > 0)


def _stress(marks: dict[int, Mark], words: Sequence[Word], index: int, value: float, why: Evidence) -> None:
    before = marks.get(index)
    evidence = (*before.evidence, why) if before is not None else (why,)
    strongest = max(value, before.value) if before is not None else value
    marks[index] = Mark(words[index].start, words[index].end, strongest, evidence)
