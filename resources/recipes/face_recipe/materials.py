"""The names of a baked face's materials; truth geometry refers to them by number."""

from __future__ import annotations

MATERIALS = ("skin", "lid", "mouth", "torso", "tongue", "eye", "cornea", "teeth", "gum", "shirt")
MATERIAL_ID = {name: number for number, name in enumerate(MATERIALS)}
