"""Recognise the 52 ARKit shapes under the names other tools give them.

Exporters disagree on case (`JawOpen`, `jaw_open`), on sides (`eyeBlink_L`, `eyeBlink_left`) and put prefixes in front
(`blendShape1.jawOpen`, `Face.M_JawOpen`, `head_jawOpen`). Only names count, never the order of the shapes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gpu_core.expression import ARKIT_SHAPES

_BY_KEY = {name.lower(): name for name in ARKIT_SHAPES}
_SIDES = {"l": "left", "r": "right", "lf": "left", "rt": "right"}
# A prefix must be known to be dropped: `inner_mouth_left` is not `mouthLeft`.
_PREFIX = re.compile(r"head|face|mesh|body|m|h|bs|arkit|ar|cc|base|wolf3d|avatar|shape|morph|target|blend|\d+|"
                     r"(blend|morph)?(shapes?|targets?)\d*")  # fmt: skip
# A capital starts a word, except within a run of capitals that does not end in one (`ARKit` is `AR`, `Kit`).
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+")


@lru_cache(maxsize=4096)
def canonical(name: str) -> str | None:
    """Return the ARKit name that `name` stands for, or None if it is no ARKit shape."""
    last = re.split(r"[.|:/]", name.strip())[-1]
    chunks = [chunk for chunk in re.split(r"[\s_\-]+", last) if chunk]
    while chunks:
        found = _BY_KEY.get(_key(chunks))
        if found or not _PREFIX.fullmatch(chunks[0].lower()):
            return found
        chunks = chunks[1:]
    return None


def _key(chunks: list[str]) -> str:
    """Lower-case letters alone, a last word that is a side spelt out."""
    joined = "".join(chunks).lower()
    if joined in _BY_KEY:
        return joined
    words = [word.lower() for chunk in chunks for word in _WORD.findall(chunk)]
    if len(words) > 1 and words[-1] == "shape":  # Maya's name for the mesh below a transform
        words.pop()
    return "".join([*words[:-1], _SIDES.get(words[-1], words[-1])]) if words else ""
