"""The rules of the house that no linter knows: sizes, names, who may import what, and what starting costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("gpu_core", "viewer") for path in (ROOT / package).rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 350, 60
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
# Who else may import OpenGL: widget and painter show the finished texture, the engine thread owns the context, the
# desktop switches PyOpenGL's checks off before anything else imports it.
OPENGL_ROOMS = (
    "gpu_core/gl/", "viewer/viewport.py", "viewer/picture_painter.py", "viewer/engine_thread.py", "viewer/desktop.py",
)  # fmt: skip


def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_by(path: Path) -> set[str]:
    """Every module named by an import statement of a file, and the packages they are in."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.partition(".")[0] for name in names}


def loaded_by(statement: str, *, whole: bool = False) -> set[str]:
    """The modules (or their top packages) that a fresh interpreter has loaded after a statement."""
    code = f"import sys\ntry:\n    {statement}\nexcept SystemExit:\n    pass\nprint('\\n' + '\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name if whole else name.partition(".")[0] for name in done.stdout.split()}


def offenders(breaks_rule: Callable[[Path], object]) -> list[str]:
    """Every module that breaks a rule."""
    return [str(path.relative_to(ROOT)) for path in MODULES if breaks_rule(path)]


def long_functions(path: Path) -> list[str]:
    """Functions over the limit."""
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION]


def test_modules_and_functions_stay_short():
    assert not offenders(lambda path: len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE)
    assert not offenders(long_functions)


def test_names_say_something_and_modules_say_what_they_are_for():
    assert not offenders(lambda path: VAGUE_NAMES & {path.stem, path.parent.name})
    assert not offenders(lambda path: ast.get_docstring(tree(path)) is None)


def test_only_the_opengl_rooms_call_opengl():
    rooms = tuple(str(ROOT / room) for room in OPENGL_ROOMS)
    assert not offenders(lambda path: "OpenGL" in imported_by(path) and not str(path).startswith(rooms))


def test_openvino_is_imported_without_its_telemetry():
    assert offenders(lambda path: "openvino" in imported_by(path)) == ["gpu_core/openvino_import.py"]
    loaded = loaded_by("from gpu_core.openvino_import import import_openvino; import_openvino()", whole=True)
    assert "openvino_telemetry.main" not in loaded


def test_panels_do_not_know_the_engine():
    forbidden = {"gpu_core.engine", "viewer.engine_thread", "viewer.window"}
    assert not offenders(lambda path: path.parent.name == "panels" and imported_by(path) & forbidden)


def test_performances_and_sessions_know_no_widgets():
    rooms, widgets = ("performance", "sessions"), {"PySide6.QtWidgets", "PySide6.QtGui"}
    assert not offenders(lambda path: path.parent.name in rooms and imported_by(path) & widgets)


def test_plain_rooms_load_no_opengl_and_no_qt():
    loaded = loaded_by("import gpu_core.expression, gpu_core.settings, gpu_core.face, gpu_core.assets")
    assert not loaded & {"OpenGL", "PySide6", "onnxruntime", "openvino", "cv2"}


def test_help_loads_nothing_heavy():
    loaded = loaded_by("from viewer.app import main; main(['--help'])")
    assert not loaded & {"PySide6", "numpy", "OpenGL", "PIL", "onnxruntime", "openvino"}


def test_commands_without_a_window_load_no_qt():
    loaded = loaded_by("import viewer.headless, viewer.clips.offline, viewer.doctor, viewer.record, viewer.replay")
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}
