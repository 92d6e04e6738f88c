"""The outside of a glTF 2.0 file: its bytes, the chunks of a GLB, the JSON text, data URIs.

The JSON is kept as plain dictionaries: parsing it into pygltflib's classes takes 0.6 s for a head with 52 sparse
targets, `json` 2 ms.

Source: glTF 2.0 specification, section 4 (GLB).
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any, TypeVar

from gpu_core.errors import AssetError

MAX_FILE_BYTES = 500_000_000  # chosen: scanned heads are below 100 MB
_CHUNK_JSON, _CHUNK_BIN = 0x4E4F534A, 0x004E4942
Json = dict[str, Any]
T = TypeVar("T")


def typed(value: object, kind: type[T], what: str) -> T:
    """`value`, if it is a `kind`.

    Raises:
        AssetError: it is something else; the message calls it `what`.
    """
    if not isinstance(value, kind):
        raise AssetError(f"{what} should be a {kind.__name__}, not {str(value)[:20]!r}; export it again")
    return value


def read_file(path: Path) -> bytes:
    """The bytes of a plain file of at most `MAX_FILE_BYTES`; AssetError otherwise."""
    try:
        if not path.is_file():
            raise AssetError(f"file {path.name} is not in {path.parent} (or is no plain file); check the path")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise AssetError(f"{path.name} has {size / 1e6:.0f} MB; at most {MAX_FILE_BYTES / 1e6:.0f} MB are read")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise AssetError(f"{path.name} cannot be read: {error}") from None


def split_glb(data: bytes) -> tuple[bytes, bytes]:
    """The JSON text and the binary chunk of a file's bytes; a .gltf is all text. AssetError if damaged."""
    if data[:4] != b"glTF":
        return data, b""
    if len(data) < 20:
        raise AssetError("is truncated within its header; copy or export it again")
    _, version, length = struct.unpack_from("<III", data)
    if version != 2:
        raise AssetError(f"is glTF version {version}; export it as glTF 2.0")
    if length > len(data):
        raise AssetError(f"is truncated: {len(data):,} of {length:,} bytes are there; copy or export it again")
    chunks: dict[int, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise AssetError("has a chunk that reaches beyond the file: damaged; copy or export it again")
        chunks.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size + -size % 4
    if _CHUNK_JSON not in chunks:
        raise AssetError("has no JSON chunk: damaged; copy or export it again")
    return chunks[_CHUNK_JSON], chunks.get(_CHUNK_BIN, b"")


def read_glb_json(path: Path) -> Json:
    """The JSON of a GLB, without the rest of the file; AssetError if it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
            if len(head) < 20 or head[:4] != b"glTF" or head[16:] != b"JSON":
                raise AssetError(f"{path.name} is no GLB, or damaged; choose a .glb file")
            return parse_json(file.read(min(int.from_bytes(head[12:16], "little"), MAX_FILE_BYTES)))
    except OSError as error:
        raise AssetError(f"{path.name} cannot be read: {error.strerror}") from None


def parse_json(text: bytes) -> Json:
    """The top-level object of a glTF 2.0 JSON text; AssetError if it is none."""
    try:
        parsed = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AssetError(f"is no glTF 2.0 file ({error}); choose a .glb or .gltf file") from None
    if not isinstance(parsed, dict) or "asset" not in parsed:
        raise AssetError("is JSON, but no glTF 2.0; choose a .glb or .gltf file")
    version = str(typed(parsed["asset"], dict, "asset").get("version", ""))
    if not version.startswith("2"):
        raise AssetError(f"is glTF version {version[:10]!r}; export it as glTF 2.0")
    return parsed


def decode_data_uri(uri: str) -> memoryview:
    """The bytes of a base64 data URI; AssetError if it is broken."""
    header, comma, body = uri.partition(",")
    try:
        if not comma or not header.endswith(";base64"):
            raise ValueError("not base64")
        return memoryview(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error) as error:
        raise AssetError(f"has a broken data URI ({error}); export it again") from None
