"""What the renderer draws into: one set of textures a batch in flight.

A set is the framebuffer with its two colour textures (texture image, render image), and the display texture into which
a neural path writes the generated picture. Nobody may draw into a set while somebody else reads it, hence one a batch.
Textures are RGBA8 holding sRGB-encoded bytes: sRGB, depth and multisample textures cannot be registered with CUDA.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError
from gpu_core.gl.geometry_target import GeometryTarget
from gpu_core.settings import Picture, View

DRAWN = (View.TEXTURE, View.RENDER)  # in the order of the shaders' outputs


class TargetSet:
    """Framebuffer, its two attachments, and the display texture, for every face of one batch.

    Whoever else holds on to the textures, such as CUDA, puts into `closing` what lets go of them: it is called before
    they are deleted, and must not raise. `views` without the generated one make a set that nobody generates into.
    """

    def __init__(self, atlas: Atlas, views: Sequence[View] = tuple(View)) -> None:
        self.atlas = atlas
        self.closing: list[Callable[[], None]] = []
        with ExitStack() as owned:
            owned.callback(self.close)
            self.framebuffer = 0
            self._depth = 0
            self._geometry: GeometryTarget | None = None
            self._free: TargetSet | None = None
            self.textures: dict[View, int] = {view: create_texture(atlas.width, atlas.height) for view in views}
            self._create_framebuffer()
            owned.pop_all()

    def _create_framebuffer(self) -> None:
        self.framebuffer = GL.glGenFramebuffers(1)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.framebuffer)
        for slot, view in enumerate(DRAWN):
            GL.glFramebufferTexture2D(
                GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0 + slot, GL.GL_TEXTURE_2D, self.textures[view], 0
            )
        self._depth = GL.glGenRenderbuffers(1)
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._depth)
        # Floats: software OpenGL converts integer depths back and forth for every block of pixels.
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_DEPTH_COMPONENT32F, self.atlas.width, self.atlas.height)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._depth)
        GL.glDrawBuffers(2, [GL.GL_COLOR_ATTACHMENT0, GL.GL_COLOR_ATTACHMENT1])
        if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) != GL.GL_FRAMEBUFFER_COMPLETE:
            raise GLError(f"a framebuffer of {self.atlas.width}x{self.atlas.height} pixels is refused")

    @property
    def geometry(self) -> GeometryTarget:
        """Where normals and depth go; made when first asked for."""
        if self._geometry is None:
            self._geometry = GeometryTarget(self.atlas)
        return self._geometry

    @property
    def free(self) -> TargetSet:
        """Where texture and render image go that another camera sees; made when first asked for."""
        if self._free is None:
            self._free = TargetSet(self.atlas, DRAWN)
        return self._free

    @property
    def has_geometry(self) -> bool:
        """True once somebody asked for `geometry`."""
        return self._geometry is not None

    def pictures(self, view: View) -> tuple[Picture, ...]:
        """Where each face's picture lies."""
        width, height = self.atlas.width, self.atlas.height
        return tuple(Picture(self.textures[view], r.x, r.y, r.size, width, height) for r in self.atlas.regions)

    def read(self, view: View, into: Any) -> None:
        """Copy a whole attachment to host memory: `into` is (height, width, 4) uint8, C order; rows bottom first."""
        if view is View.GENERATED:
            GL.glBindTexture(GL.GL_TEXTURE_2D, self.textures[view])
            GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, into)
            return
        self._choose(view)
        GL.glReadPixels(0, 0, self.atlas.width, self.atlas.height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, into)

    def _choose(self, view: View) -> None:
        """Have what is read next come from the attachment of a view."""
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.framebuffer)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0 + DRAWN.index(view))

    def read_square(self, view: View, square: Picture) -> NDArray[np.uint8]:
        """Copy one face's picture to host memory: (size, size, 4) uint8, top row first."""
        if view is View.GENERATED and not GL.glGetTextureSubImage:  # before OpenGL 4.5 a texture is read as a whole
            whole = np.empty((self.atlas.height, self.atlas.width, 4), np.uint8)
            self.read(view, whole)
            rows, columns = slice(square.y, square.y + square.size), slice(square.x, square.x + square.size)
            return np.ascontiguousarray(whole[rows, columns][::-1])
        pixels = np.empty((square.size, square.size, 4), np.uint8)
        corner, form = (square.x, square.y), (GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        if view is View.GENERATED:
            texture, extent = self.textures[view], (square.size, square.size, 1)
            GL.glGetTextureSubImage(texture, 0, *corner, 0, *extent, *form, pixels.nbytes, pixels)
        else:
            self._choose(view)
            GL.glReadPixels(*corner, square.size, square.size, *form, pixels)
        return np.ascontiguousarray(pixels[::-1])

    def read_picture(self, picture: Picture) -> NDArray[np.uint8]:
        """As `read_square`, of whichever texture it lies in: the set's own or its free one's."""
        if self._free is not None and picture.texture in self._free.textures.values():
            return self._free.read_picture(picture)
        return self.read_square(next(v for v, texture in self.textures.items() if texture == picture.texture), picture)

    def write_display(self, pixels: Any) -> None:
        """Upload the generated picture: (height, width, 4) uint8, C order, rows bottom first."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.textures[View.GENERATED])
        GL.glTexSubImage2D(
            GL.GL_TEXTURE_2D, 0, 0, 0, self.atlas.width, self.atlas.height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels
        )

    def close(self) -> None:
        """Delete everything this set made; harmless when done already."""
        for let_go in tuple(self.closing):
            let_go()
        self.closing.clear()
        if self.framebuffer:
            GL.glDeleteFramebuffers(1, [self.framebuffer])
        if self._depth:
            GL.glDeleteRenderbuffers(1, [self._depth])
        if self.textures:
            GL.glDeleteTextures(list(self.textures.values()))
        if self._geometry is not None:
            self._geometry.close()
        if self._free is not None:
            self._free.close()
        self.framebuffer = self._depth = 0
        self.textures = {}

    def __enter__(self) -> TargetSet:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def create_texture(width: int, height: int, pixels: Any = None, *, mipmaps: bool = False) -> int:
    """An RGBA8 texture. `pixels` is (height, width, 4) uint8 or None; linear filter, edges clamped unless mipmapped."""
    texture = int(GL.glGenTextures(1))
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA8, width, height, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
    minify = GL.GL_LINEAR_MIPMAP_NEAREST if mipmaps else GL.GL_LINEAR
    wrap = GL.GL_REPEAT if mipmaps else GL.GL_CLAMP_TO_EDGE
    GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, minify)
    GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR)
    GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_WRAP_S, wrap)
    GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_WRAP_T, wrap)
    if mipmaps:
        GL.glGenerateMipmap(GL.GL_TEXTURE_2D)
    return texture
