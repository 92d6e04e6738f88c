"""Fences between contexts, and waiting for the rasteriser."""

from __future__ import annotations

from typing import Any

from OpenGL import GL

# PyOpenGL 3.1.10 has GL_TIMEOUT_IGNORED wrong (a signed number), with which glWaitSync waits for nothing.
_NO_TIMEOUT = 0xFFFFFFFFFFFFFFFF


def fence_here() -> Any:
    """A fence after everything issued so far, sent off at once: another context may wait for it."""
    fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
    GL.glFlush()
    return fence


def wait_on_gpu(fence: Any) -> None:
    """Have the GPU wait for a fence of another context, and drop it; the caller goes on at once."""
    GL.glWaitSync(fence, 0, _NO_TIMEOUT)
    GL.glDeleteSync(fence)


def drop(fence: Any) -> None:
    """Delete a fence that nobody will wait for any more."""
    GL.glDeleteSync(fence)


def finish_drawing() -> None:
    """Wait on the CPU until everything issued so far has been drawn."""
    GL.glFinish()


def wait_on_cpu(fence: Any) -> None:
    """Sleep until the GPU has passed a fence of this context, and drop it."""
    GL.glClientWaitSync(fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, _NO_TIMEOUT)
    GL.glDeleteSync(fence)
