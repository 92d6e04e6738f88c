"""What a file of a take holds, told by its first bytes; what a take may be called, told by the ending."""

from __future__ import annotations

from pathlib import Path

from viewer.sessions.csv_table import check_plain_file
from viewer.sessions.timed_expression import TakeError

# First bytes of what people give by mistake; nothing of such a file is decoded.
_OTHERS = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"PK\x03\x04": "a ZIP archive",
    b"\x1aE\xdf\xa3": "a Matroska video", b"RIFF": "a RIFF file", b"ftyp": "an MP4 video", b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive", b"Kaydara FBX": "an FBX scene: export it as glTF", b"#!": "a program",
}  # fmt: skip
ENDINGS = (".csv", ".glb", ".json")


def kind_of(path: Path) -> str:
    """What a file holds: "csv", "gltf" or "json" (which may be a .gltf's text or a timeline).

    Raises:
        TakeError: it cannot be read, is empty, or is something else.
    """
    check_plain_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise TakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    for magic, what in _OTHERS.items():
        if head.startswith(magic) or (magic == b"ftyp" and head[4:8] == magic):
            raise TakeError(f"{path}: is {what}, no take; takes are {', '.join(ENDINGS)} files")
    if head.startswith(b"glTF"):
        return "gltf"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "json"
    if path.suffix.lower() in (".glb", ".gltf"):
        raise TakeError(f"{path}: is no glTF, whatever its name says; export it again")
    if path.suffix.lower() == ".json":
        raise TakeError(f"{path}: is no JSON object, whatever its name says; save it again")
    return "csv"


def refuse_ending(path: Path) -> None:
    """Say now, before long work, that no take has such a name.

    Raises:
        TakeError: none has.
    """
    if path.suffix.lower() not in ENDINGS:
        raise TakeError(f"{path.name}: a take is saved as one of {', '.join(ENDINGS)}")
