"""Read a glTF 2.0 file (.glb, or .gltf with its buffers) down to arrays; nothing here knows about faces.

A file is untrusted: everything it says about sizes is checked before memory is taken.

Source: glTF 2.0 specification, sections 3.6 (binary data) and 5 (properties).
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import AssetError
from gpu_core.gltf.container import Json, decode_data_uri, parse_json, read_file, split_glb, typed

MAX_ELEMENTS = 12_000_000  # of one accessor: the indices of 4 million triangles
_COMPONENTS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class GltfReader:
    """One glTF file: its JSON, and its binary data as checked arrays. Indices into the file may be anything."""

    def __init__(self, path: Path) -> None:
        """Read the file at `path`.

        Raises:
            AssetError: the file is missing, is no glTF 2.0, or is damaged.
        """
        self._folder = path.parent
        data = read_file(path)
        self.sha256 = hashlib.sha256(data).hexdigest()
        text, self._blob = split_glb(data)
        self.json = parse_json(text)
        self._buffers: dict[int, memoryview] = {}

    def items(self, kind: str) -> list[Any]:
        """The top-level array `kind` ("meshes", "nodes" ...), empty if there is none."""
        return typed(self.json.get(kind, []), list, kind)

    def item(self, kind: str, index: object) -> Json:
        """Element `index` of the top-level array `kind`.

        Raises:
            AssetError: there is no such element.
        """
        found = self.items(kind)
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(found):
            raise AssetError(f"refers to {kind}[{index}], but the file has {len(found)} of them; export it again")
        return typed(found[index], dict, f"{kind}[{index}]")

    def count(self, index: object) -> int:
        """How many elements accessor `index` has, within `MAX_ELEMENTS`."""
        count = whole(self.item("accessors", index), "count")
        if count > MAX_ELEMENTS:
            raise AssetError(f"accessor {index} has {count:,} elements; at most {MAX_ELEMENTS:,} are read")
        return count

    def integers(self, index: object) -> NDArray[np.int64]:
        """Accessor `index` as (count,) int64."""
        values = self._decode(index)
        if values.dtype == np.float32 or values.shape[1] != 1:
            raise AssetError(f"accessor {index} should hold integers; export the file again")
        return values[:, 0].astype(np.int64)

    def floats(self, index: object, widths: tuple[int, ...]) -> NDArray[np.float32]:
        """Accessor `index` as (count, width) float32 with a width among `widths`; normalised integers become 0..1.

        Raises:
            AssetError: it has another width, reaches beyond its buffer, or holds NaN or infinity.
        """
        values = self._decode(index)
        if values.shape[1] not in widths:
            raise AssetError(f"accessor {index} has {values.shape[1]} components, not {widths[0]}; export it again")
        if values.dtype != np.float32:
            top = np.iinfo(values.dtype).max if self.item("accessors", index).get("normalized") is True else 1
            scaled: NDArray[np.float32] = values.astype(np.float32) / np.float32(top)
            return np.maximum(scaled, np.float32(-1.0)) if top > 1 else scaled  # -128 / 127 means -1
        if not np.isfinite(values).all():
            raise AssetError(f"accessor {index} holds numbers that are not finite; export the file again")
        return values

    def view(self, index: object) -> memoryview:
        """The bytes of buffer view `index`."""
        view = self.item("bufferViews", index)
        data = self._buffer(view.get("buffer"))
        first, length = whole(view, "byteOffset", 0), whole(view, "byteLength")
        if first + length > len(data):
            raise AssetError(f"buffer view {index} reaches beyond its buffer: the file is truncated or damaged")
        return data[first : first + length]

    def resource(self, uri: object) -> memoryview:
        """The bytes behind a `uri` of the file: embedded as a data URI, or in a file next to it."""
        text = typed(uri, str, "uri")
        if text.startswith("data:"):
            return decode_data_uri(text)
        if "://" in text:
            raise AssetError(f"refers to {text[:60]}; only local files are read: download it next to the file")
        return memoryview(read_file(self._folder / unquote(text)))

    def _buffer(self, index: object) -> memoryview:
        buffer = self.item("buffers", index)
        assert isinstance(index, int)
        if index not in self._buffers:
            data = self.resource(buffer["uri"]) if "uri" in buffer else memoryview(self._blob)
            length = whole(buffer, "byteLength")
            if length > len(data):
                raise AssetError(f"buffer {index} should hold {length:,} bytes but has {len(data):,}: truncated file")
            self._buffers[index] = data[:length]
        return self._buffers[index]

    def _decode(self, index: object) -> NDArray[Any]:
        """The elements of an accessor as stored, (count, width), sparse ones filled in."""
        accessor, count = self.item("accessors", index), self.count(index)
        width = _WIDTHS.get(str(accessor.get("type")))
        if width is None:
            raise AssetError(f"accessor {index} has the unsuitable type {str(accessor.get('type'))[:20]!r}")
        component = _component(accessor)
        if accessor.get("bufferView") is None:
            values = np.zeros((count, width), component)
        else:
            values = self._elements(accessor, count, width, component)
        if "sparse" in accessor:
            values = self._fill_sparse(typed(accessor["sparse"], dict, "sparse"), values.copy())
        return values

    def _fill_sparse(self, sparse: Json, values: NDArray[Any]) -> NDArray[Any]:
        count = whole(sparse, "count")
        where = typed(sparse.get("indices"), dict, "sparse.indices")
        what = typed(sparse.get("values"), dict, "sparse.values")
        if count > len(values):
            raise AssetError("a sparse accessor replaces more elements than there are; export the file again")
        rows = self._elements(where, count, 1, _component(where))[:, 0]
        if count and (rows.dtype.kind != "u" or int(rows.max()) >= len(values)):
            raise AssetError("a sparse accessor's index is out of range; export the file again")
        values[rows] = self._elements(what, count, values.shape[1], values.dtype)
        return values

    def _elements(self, place: Json, count: int, width: int, component: np.dtype[Any]) -> NDArray[Any]:
        """`count` x `width` numbers at `place` (a buffer view and an offset): a view of the file's bytes."""
        data = self.view(place.get("bufferView"))
        stride = whole(self.item("bufferViews", place.get("bufferView")), "byteStride", 0)
        first, size = whole(place, "byteOffset", 0), width * component.itemsize
        stride = stride or size
        if count and first + stride * (count - 1) + size > len(data):
            raise AssetError("an accessor reaches beyond its buffer view: the file is truncated or damaged")
        if not count:
            return np.zeros((0, width), component)
        return np.ndarray((count, width), component, data, first, (stride, component.itemsize))


def whole(place: Json, key: str, default: int | None = None) -> int:
    """The non-negative whole number `place[key]`.

    Raises:
        AssetError: it is something else, or missing without a default.
    """
    value = place.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise AssetError(f"{key} should be a whole number, not {str(value)[:20]!r}; export the file again")
    return value


def number(place: Json, key: str, default: float) -> float:
    """The finite number `place[key]`; AssetError if it is something else."""
    return numbers({key: [place.get(key, default)]}, key, (default,))[0]


def numbers(place: Json, key: str, default: tuple[float, ...]) -> tuple[float, ...]:
    """The finite numbers `place[key]`, as many as `default` has.

    Raises:
        AssetError: they are something else.
    """
    value = place.get(key, default)
    is_list = isinstance(value, list | tuple) and len(value) == len(default)
    if not is_list or not all(isinstance(v, int | float) and math.isfinite(v) for v in value):
        raise AssetError(f"{key} should be {len(default)} numbers; export the file again")
    return tuple(float(v) for v in value)


def _component(place: Json) -> np.dtype[Any]:
    found = _COMPONENTS.get(whole(place, "componentType"))
    if found is None:
        raise AssetError(f"unknown component type {place.get('componentType')}; export the file again")
    return np.dtype(found).newbyteorder("<")
