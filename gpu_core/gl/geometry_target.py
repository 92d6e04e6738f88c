"""What the geometry pass draws into: normals and depth of every face of a batch, beside the picture pair."""

from __future__ import annotations

from typing import Any

from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError


class GeometryTarget:
    """Framebuffer with a normal texture (RGBA8) and a depth texture (R32F), for every face of one batch."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self.normals = _texture(atlas, GL.GL_RGBA8, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        self.depth = _texture(atlas, GL.GL_R32F, GL.GL_RED, GL.GL_FLOAT)
        self._depth_test = GL.glGenRenderbuffers(1)
        self.framebuffer = GL.glGenFramebuffers(1)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.framebuffer)
        for slot, texture in enumerate((self.normals, self.depth)):
            GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0 + slot, GL.GL_TEXTURE_2D, texture, 0)
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._depth_test)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_DEPTH_COMPONENT24, atlas.width, atlas.height)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._depth_test)
        GL.glDrawBuffers(2, [GL.GL_COLOR_ATTACHMENT0, GL.GL_COLOR_ATTACHMENT1])
        if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) != GL.GL_FRAMEBUFFER_COMPLETE:
            self.close()
            raise GLError("this OpenGL draws no float textures: generators that want normals or depth cannot be used")

    def read_normals(self, into: Any) -> None:
        """Copy to host memory: `into` is (height, width, 4) uint8, C order, n * 0.5 + 0.5; rows bottom first."""
        self._read(GL.GL_COLOR_ATTACHMENT0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, into)

    def read_depth(self, into: Any) -> None:
        """Copy to host memory: `into` is (height, width) float32, C order, 1 near to 0 far; rows bottom first."""
        self._read(GL.GL_COLOR_ATTACHMENT1, GL.GL_RED, GL.GL_FLOAT, into)

    def _read(self, attachment: int, form: int, kind: int, into: Any) -> None:
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.framebuffer)
        GL.glReadBuffer(attachment)
        GL.glReadPixels(0, 0, self.atlas.width, self.atlas.height, form, kind, into)

    def close(self) -> None:
        """Delete everything; harmless when done already."""
        if self.framebuffer:
            GL.glDeleteFramebuffers(1, [self.framebuffer])
            GL.glDeleteRenderbuffers(1, [self._depth_test])
            GL.glDeleteTextures([self.normals, self.depth])
        self.framebuffer = 0


def _texture(atlas: Atlas, internal: int, form: int, kind: int) -> int:
    texture = int(GL.glGenTextures(1))
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, internal, atlas.width, atlas.height, 0, form, kind, None)
    GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_NEAREST)
    return texture
