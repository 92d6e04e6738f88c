"""The materials and pictures of a glTF file, as far as a Blinn-Phong shader can use them."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gpu_core.errors import AssetError
from gpu_core.face import Material
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.reader import GltfReader, number, numbers

MAX_PIXELS = 8192 * 8192  # of all textures together: 256 MiB of RGBA
_DIELECTRIC = 0.04  # reflectance at normal incidence: glTF 2.0, appendix B.2.2


class MaterialShelf:
    """Collects the materials that parts use, each once, and their textures."""

    def __init__(self, reader: GltfReader) -> None:
        self._reader = reader
        self._materials: dict[object, int] = {}
        self._textures: dict[object, int] = {}
        self._pixels = 0
        self.materials: list[Material] = []
        self.textures: list[NDArray[np.uint8]] = []

    def place(self, index: object) -> int:
        """Return the place in `materials` of the file's material `index` (None: glTF's default)."""
        if index not in self._materials:
            material = {} if index is None else self._reader.item("materials", index)
            self.materials.append(self._material(material))
            self._materials[index] = len(self.materials) - 1
        return self._materials[index]

    def _material(self, material: Json) -> Material:
        surface = typed(material.get("pbrMetallicRoughness", {}), dict, "pbrMetallicRoughness")
        red, green, blue, _ = numbers(surface, "baseColorFactor", (1.0, 1.0, 1.0, 1.0))
        texture = typed(surface.get("baseColorTexture", {}), dict, "baseColorTexture")
        specular, shininess = _highlight(material, surface)
        return Material(
            name=str(material.get("name", "")),
            colour=(red, green, blue),
            texture=self._texture(texture["index"]) if "index" in texture else None,
            specular=specular,
            shininess=shininess,
            two_sided=material.get("doubleSided") is True,
        )

    def _texture(self, index: object) -> int:
        """The place in `textures` of the picture behind texture `index`."""
        texture = self._reader.item("textures", index)
        webp = typed(texture.get("extensions", {}), dict, "extensions").get("EXT_texture_webp", {})
        source = typed(webp, dict, "EXT_texture_webp").get("source", texture.get("source"))
        if source not in self._textures:
            self.textures.append(self._picture(source))
            self._textures[source] = len(self.textures) - 1
        return self._textures[source]

    def _picture(self, index: object) -> NDArray[np.uint8]:
        image = self._reader.item("images", index)
        data = self._reader.resource(image["uri"]) if "uri" in image else self._reader.view(image.get("bufferView"))
        try:
            # Pillow warns of pictures that the limit below refuses anyway; a broken one is no reason for a warning.
            with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as picture:
                warnings.simplefilter("ignore")
                self._pixels += picture.width * picture.height
                if self._pixels > MAX_PIXELS:
                    raise AssetError(f"has more than {MAX_PIXELS / 1e6:.0f} megapixels of pictures; make them smaller")
                return np.asarray(picture.convert("RGBA"))
        except AssetError:
            raise
        except Exception as error:  # noqa: BLE001 (Pillow's decoders raise whatever damage makes them stumble over)
            raise AssetError(f"picture {index} cannot be read ({error}); export the file again") from None


def is_clear(material: Json) -> bool:
    """Whether a material is mostly see-through: a cornea or tear line, which would hide the eye if drawn opaque."""
    surface = typed(material.get("pbrMetallicRoughness", {}), dict, "pbrMetallicRoughness")
    alpha = numbers(surface, "baseColorFactor", (1.0, 1.0, 1.0, 1.0))[3]
    return material.get("alphaMode") == "BLEND" and alpha < 0.5


def _highlight(material: Json, surface: Json) -> tuple[float, float]:
    """(strength, exponent) of the highlight: as our own files say, else from the roughness.

    The lobe of roughness r is as wide as a Blinn-Phong exponent n = 2 / r^4 - 2 makes it (Walter et al. 2007, alpha =
    r^2); keeping its energy scales the strength with (n + 8) / 8. Both are held within what looks like skin and eyes.
    """
    own = typed(material.get("extras") or {}, dict, "extras").get("mien")
    if isinstance(own, dict):
        return number(own, "specular", 0.10), number(own, "shininess", 22.0)
    roughness = number(surface, "roughnessFactor", 1.0)
    exponent = min(max(2.0 / max(roughness, 0.05) ** 4 - 2.0, 4.0), 200.0)
    return min(_DIELECTRIC * (exponent + 8.0) / 8.0, 0.5), exponent
