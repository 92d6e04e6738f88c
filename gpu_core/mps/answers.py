"""What nvidia-cuda-mps-control answers, read as far as it can be read: its texts are meant for people, and change.

The commands are those of NVIDIA, Multi-Process Service, "Tools and Interface Reference"; drivers from 615 on call the
whole set "v2" and keep it. Nobody promises its layout, so: numbers are taken from where they can only be process ids,
and what is not understood is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NOT_RUNNING = "cannot find mps control daemon"  # in lower case; said where no daemon listens
_COLUMNS = ("PID", "ID", "SERVER", "DEVICE", "NAMESPACE", "COMMAND", "ATTRIBUTES")  # of `ps`, as documented


@dataclass(frozen=True)
class Listed:
    """A client in the answer to `ps`."""

    pid: int
    server: int = 0
    device: str = ""  # beginning of the GPU's UUID
    command: str = ""


def process_ids(text: str) -> tuple[int, ...]:
    """Ids in the answer to get_server_list or get_client_list: what begins a line and is a positive number."""
    found = (re.match(r"\s*(\d{1,10})\b", line) for line in text.splitlines())
    ids = [int(match[1]) for match in found if match]
    return tuple(dict.fromkeys(number for number in ids if 0 < number < 1 << 31))


def server_status(text: str) -> str:
    """The answer to get_server_status as one word in capitals, such as "ACTIVE"; "" if there is none."""
    words = re.findall(r"\b[A-Z][A-Z_]{2,30}\b", text)
    return words[-1] if words else ""


def listed_clients(text: str) -> tuple[Listed, ...]:
    """The table that `ps` prints; columns go by their heading, or by the documented order where it is missing."""
    columns: tuple[str, ...] = _COLUMNS
    clients: list[Listed] = []
    for words in (line.split() for line in text.splitlines()):
        if "PID" in words:
            columns = tuple(words)
        elif client := _client(dict(zip(columns, words, strict=False))):
            clients.append(client)
    return tuple(clients)


def _client(row: dict[str, str]) -> Listed | None:
    pid = process_ids(row.get("PID", ""))
    if not pid:
        return None
    server = process_ids(row.get("SERVER", ""))
    return Listed(pid[0], server[0] if server else 0, row.get("DEVICE", ""), row.get("COMMAND", ""))
