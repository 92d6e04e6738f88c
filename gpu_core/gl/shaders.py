"""Shader files, read once, and programs built from them.

Shaders lie in `resources/shaders`. A line `#include "name"` is replaced by that file's text: GLSL has no includes.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from functools import cache
from types import TracebackType
from typing import Any

from OpenGL import GL

from gpu_core.assets import resource
from gpu_core.errors import MienError, ShaderError

_INCLUDE = re.compile(r'^#include "([\w.]+)"$', re.MULTILINE)
_STAGES = {".vert": GL.GL_VERTEX_SHADER, ".frag": GL.GL_FRAGMENT_SHADER}


@cache
def shader_source(name: str) -> str:
    """The text of `resources/shaders/NAME` with its includes in place."""
    text = resource("shaders", name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: shader_source(match.group(1)), text)


class Program:
    """A linked program of one vertex and at most one fragment shader; `location` finds uniforms."""

    def __init__(self, vertex: str, fragment: str | None = None, *, captures: Sequence[str] = ()) -> None:
        """Compile and link shader files by name. `captures` are outputs for transform feedback, a buffer each.

        Raises:
            ShaderError: with the driver's log.
        """
        self._locations: dict[str, int] = {}
        self.id = GL.glCreateProgram()
        try:
            self._link([vertex] if fragment is None else [vertex, fragment], captures)
        except MienError:
            self.close()
            raise

    def _link(self, names: Sequence[str], captures: Sequence[str]) -> None:
        for name in names:
            shader = _compile(name)
            GL.glAttachShader(self.id, shader)
            GL.glDeleteShader(shader)  # when the program goes
        if captures:
            _capture(self.id, captures)
        GL.glLinkProgram(self.id)
        if not GL.glGetProgramiv(self.id, GL.GL_LINK_STATUS):
            raise ShaderError(" + ".join(names), _text(GL.glGetProgramInfoLog(self.id)))

    def location(self, uniform: str) -> int:
        """Location of a uniform, -1 (ignored by GL) if the compiler dropped it."""
        if uniform not in self._locations:
            self._locations[uniform] = GL.glGetUniformLocation(self.id, uniform)
        return self._locations[uniform]

    def use(self) -> None:
        """Make this the current program."""
        GL.glUseProgram(self.id)

    def close(self) -> None:
        """Delete the program; harmless when done already."""
        if self.id:
            GL.glDeleteProgram(self.id)
            self.id = 0

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _compile(name: str) -> Any:
    shader = GL.glCreateShader(_STAGES[name[name.rindex(".") :]])
    GL.glShaderSource(shader, shader_source(name))
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        log = _text(GL.glGetShaderInfoLog(shader))
        GL.glDeleteShader(shader)
        raise ShaderError(name, log)
    return shader


def _capture(program: Any, outputs: Sequence[str]) -> None:
    texts = [ctypes.create_string_buffer(name.encode()) for name in outputs]
    pointers = (ctypes.POINTER(ctypes.c_char) * len(texts))(
        *(ctypes.cast(text, ctypes.POINTER(ctypes.c_char)) for text in texts)
    )
    GL.glTransformFeedbackVaryings(program, len(texts), pointers, GL.GL_SEPARATE_ATTRIBS)


def _text(log: bytes | str) -> str:
    return log.decode(errors="replace") if isinstance(log, bytes) else log
