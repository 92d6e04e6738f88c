"""Shader files, read once, and programs built from them.

Shaders lie in `resources/shaders`. A line `#include "name"` is replaced by that file's text: GLSL has no includes. A
uniform whose value never changes can be built in as a constant: the files stay as they are, and are what a picture
depends on; the value is what the compiler then knows.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from OpenGL import GL

from gpu_core.assets import resource
from gpu_core.errors import MienError, ShaderError

_INCLUDE = re.compile(r'^#include "([\w.]+)"$', re.MULTILINE)
_UNIFORM = re.compile(r"^uniform (vec[234]) (\w+)(\[\w+\])?;", re.MULTILINE)
_STAGES = {".vert": GL.GL_VERTEX_SHADER, ".frag": GL.GL_FRAGMENT_SHADER}


@cache
def shader_source(name: str) -> str:
    """The text of `resources/shaders/NAME` with its includes in place."""
    text = resource("shaders", name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: shader_source(match.group(1)), text)


class Program:
    """A linked program of one vertex and at most one fragment shader; `location` finds uniforms."""

    def __init__(
        self,
        vertex: str,
        fragment: str | None = None,
        *,
        captures: Sequence[str] = (),
        constants: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        """Compile and link shader files by name. `captures` are outputs for transform feedback, a buffer each.

        `constants` are values for uniforms of type vec2 to vec4 and arrays of them, by name: see `with_constants`.

        Raises:
            ShaderError: with the driver's log.
        """
        self._locations: dict[str, int] = {}
        self._constants = constants or {}
        self.id = GL.glCreateProgram()
        try:
            self._link([vertex] if fragment is None else [vertex, fragment], captures)
        except MienError:
            self.close()
            raise

    def _link(self, names: Sequence[str], captures: Sequence[str]) -> None:
        for name in names:
            shader = _compile(name, self._constants)
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


def with_constants(source: str, constants: Mapping[str, ArrayLike]) -> str:
    """The source with these uniforms turned into constants; those that it does not declare are passed over.

    A value is (components,) for a vector, (length, components) for an array of vectors, float32 in the shader.
    """

    def constant(match: re.Match[str]) -> str:
        kind, name, length = match.groups()
        if name not in constants:
            return match.group(0)
        rows = np.asarray(constants[name], np.float32)
        vectors = [f"{kind}({', '.join(map(repr, row))})" for row in np.atleast_2d(rows).tolist()]
        value = f"{kind}[]({', '.join(vectors)})" if length else vectors[0]
        return f"const {kind} {name}{length or ''} = {value};"

    return _UNIFORM.sub(constant, source)


def _compile(name: str, constants: Mapping[str, ArrayLike]) -> Any:
    shader = GL.glCreateShader(_STAGES[name[name.rindex(".") :]])
    GL.glShaderSource(shader, with_constants(shader_source(name), constants))
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
