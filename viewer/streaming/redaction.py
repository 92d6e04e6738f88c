"""A target that was typed, as it may be shown: what may be secret is masked, {n} stays. Knows no Qt."""

from __future__ import annotations

from urllib.parse import urlsplit

from viewer.push.redaction import HIDDEN, where_of
from viewer.push.target import PLACE, expand, parse_target
from viewer.streaming.masking import MASK


def redacted(to: str) -> str:
    """Show what is no secret. An address that cannot be understood is masked as a whole; a file's name is shown."""
    if "://" not in to:
        return to if not set(to) & set("@?&=") else MASK
    number = _free_number(to)
    try:
        url = urlsplit(to.replace(PLACE, number))
        shown = where_of(url).replace(HIDDEN, MASK).replace(number, PLACE)
    except ValueError:
        return MASK
    return shown.replace("://", f"://{MASK}@", 1) if "@" in url.netloc else shown


def target_problem(to: str) -> str:
    """What is wrong with the target itself, in one sentence; "" if nothing is, or there is none."""
    from gpu_core.errors import MienError

    if not to:
        return ""
    try:
        parse_target(expand(to, 1))
    except MienError as error:
        return str(error)
    return ""


def _free_number(to: str) -> str:
    """One that stands nowhere else in it, as short as can be: it may be part of a port."""
    return next(str(number) for number in range(1, 10_000) if str(number) not in to)
