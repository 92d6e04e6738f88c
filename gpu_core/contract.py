"""What a generator was trained on, as one short hash: the face, the shaders, the camera and the light.

A generator has only ever seen pictures drawn by this renderer. Its card carries this hash; if what is drawn today
hashes differently, its pictures may be off, and the window and a test say so.
"""

from __future__ import annotations

import hashlib

from gpu_core.assets import resource
from gpu_core.settings import Camera, Lighting

# The files that decide what the picture pair looks like; the viewport's own shaders do not.
PICTURE_SHADERS = ("face.vert", "face.frag", "strand.vert", "strand.glsl", "hair.frag", "lash.frag", "lighting.glsl")


def picture_contract(face_sha256: str, camera: Camera | None = None, lighting: Lighting | None = None) -> str:
    """Hash of everything the picture pair depends on: 16 hexadecimal digits."""
    digest = hashlib.sha256(face_sha256.encode())
    for name in PICTURE_SHADERS:
        digest.update(resource("shaders", name).read_bytes())
    digest.update(repr((camera or Camera(), lighting or Lighting())).encode())
    return digest.hexdigest()[:16]
