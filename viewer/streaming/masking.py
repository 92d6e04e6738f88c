"""Secrets of a target as a person sees them: masked, and still there when the rest is edited. Knows no Qt."""

from __future__ import annotations

MASK = "•••"


def secrets_between(whole: str, masked: str) -> tuple[str, ...] | None:
    """What stands in `whole` where `masked` has MASK; None if they are not the same but for that."""
    first, *rest = masked.split(MASK)
    if not whole.startswith(first):
        return None
    at, found = len(first), []
    for index, part in enumerate(rest):
        is_last = index == len(rest) - 1
        end = len(whole) - len(part) if is_last else whole.find(part, at) if part else -1
        if end < at or not whole.startswith(part, end):
            return None
        found.append(whole[at:end])
        at = end + len(part)
    return tuple(found) if at == len(whole) else None


def unmasked(edited: str, whole: str, masked: str) -> str | None:
    """The edited text with the secrets of `whole` back in place; None if a mask is gone or new: who knows which."""
    parts = edited.split(MASK)
    if len(parts) == 1:
        return edited
    secrets = secrets_between(whole, masked)
    if secrets is None or len(secrets) != len(parts) - 1:
        return None
    return "".join(part + secret for part, secret in zip(parts, (*secrets, ""), strict=True))
