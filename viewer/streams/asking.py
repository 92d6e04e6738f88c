"""From what a person asks for to the streams' forms, with all that can be wrong said before anything starts."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Sequence
from dataclasses import replace

from gpu_core.errors import MienError
from gpu_core.thread_load import usable_cores
from viewer.push.target import PLACE, expand, parse_target
from viewer.streams.values import MOST_STREAMS, StreamForm

LOOK_S = 3.0  # for a host to answer
LEAST_FREE = 64 << 20  # bytes: what a minute at 8 Mbit/s takes
_LONGEST_TARGET = 1 << 13
_RTMP_VERSION = b"\x03"  # what a server's handshake begins with (RTMP 1.0, section 5.2.2)
_RTMP_HELLO = _RTMP_VERSION + bytes(1536)


class StreamError(MienError):
    """A stream cannot be had as it was asked for."""


def named_target(text: str) -> str:
    """A target as it is asked for; of @FILE the file's first line, so that no list of processes shows its secrets.

    Raises:
        StreamError: the file cannot be read, or is empty.
    """
    if not text.startswith("@"):
        return text
    try:
        with open(text[1:], encoding="utf-8") as file:
            target = file.readline(_LONGEST_TARGET).strip()
    except (OSError, ValueError) as error:
        raise StreamError(f"--to {text}: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    if not target:
        raise StreamError(f"--to {text}: its first line is empty: it should hold the target")
    return target


def forms_of(base: StreamForm, faces: int, sources: Sequence[str]) -> tuple[StreamForm, ...]:
    """As many forms like `base`, numbered, with the sources in turn.

    Raises:
        StreamError: too few or too many, no source, or one target for several.
    """
    if not 1 <= faces <= MOST_STREAMS:
        raise StreamError(f"{faces} faces: from 1 to {MOST_STREAMS} can be streamed")
    if not sources or not all(sources):
        raise StreamError("no source is named: a performance's name or a take's file, several joined by commas")
    if faces > 1 and base.to and PLACE not in base.to:
        raise StreamError(f"{faces} faces cannot all go to one target: write {PLACE} where the number belongs")
    return tuple(
        replace(base, number=number, source=sources[(number - 1) % len(sources)]) for number in range(1, faces + 1)
    )


def threads_for(workers: int) -> int:
    """Inference threads of each of so many workers: together as many as this process has cores, at least one each."""
    return max(1, usable_cores() // workers)


def check(forms: Sequence[StreamForm]) -> list[str]:
    """Look whether sources and targets are there; returns what the user should know of the sources.

    Raises:
        MienError: the first thing that is wrong; no secret is in its text.
    """
    notes = _check_sources(forms)
    if any(form.to for form in forms):
        _check_targets(forms)
    return notes


def _check_sources(forms: Sequence[StreamForm]) -> list[str]:
    from viewer.sessions.take import open_take

    notes: list[str] = []
    for source in dict.fromkeys(form.source for form in forms):
        take = open_take(source)
        notes += take.notes
        _check_sound(source)
    return notes


def _check_sound(source: str) -> None:
    from viewer.streams.source_sound import sound_file

    if (path := sound_file(source)) is not None:
        from viewer.speech.recording import read_sound

        read_sound(path)


def _check_targets(forms: Sequence[StreamForm]) -> None:
    looked: set[tuple[str, int]] = set()
    for form in forms:
        target = parse_target(expand(form.to, form.number))
        if target.path is not None:
            _check_room(str(target.path.parent))
        if target.host and (target.host, target.port) not in looked:
            looked.add((target.host, target.port))
            _check_host(target.host, target.port, target.where.partition(":")[0])


def _check_room(folder: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise StreamError(f"the disk is full: {free >> 20} MB are left in {folder}, and {LEAST_FREE >> 20} are needed")


def _check_host(host: str, port: int, scheme: str) -> None:
    """That the host has a name and listens; of RTMP, that it is what listens there."""
    try:
        socket.getaddrinfo(host, port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StreamError(f"the host {host} cannot be found: {reason}") from None
    if scheme == "udp":
        return  # nobody has to listen
    try:
        with socket.create_connection((host, port), LOOK_S) as connection:
            if scheme == "rtmp":
                _greet(connection, host, port)
    except OSError as error:
        raise StreamError(f"nothing answers at {host}:{port}: {error.strerror or error}; is the server up?") from None


def _greet(connection: socket.socket, host: str, port: int) -> None:
    connection.sendall(_RTMP_HELLO)
    if connection.recv(1) != _RTMP_VERSION:
        raise StreamError(f"what answers at {host}:{port} is no RTMP server: something else uses that port")
