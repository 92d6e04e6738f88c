"""The desktop: Qt's attributes, then the model, the engine thread and the window, wired together.

Nothing here draws or computes. The order matters: the surface format and the shared contexts have to be set before
there is a QApplication, PyOpenGL's switches before anything imports OpenGL.GL.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import OpenGL

from gpu_core.errors import MienError, ModelError
from gpu_core.settings import EngineSettings
from viewer.options import DesktopOptions
from viewer.performance.builtin import BUILTIN
from viewer.picture_file import refuse_unwritable
from viewer.sessions.session import open_session

if TYPE_CHECKING:
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    from gpu_core.engine import Engine
    from viewer.cockpit import Cockpit
    from viewer.measuring import Measurement
    from viewer.unattended import Unattended

log = logging.getLogger(__name__)


def open_desktop(options: DesktopOptions) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    refuse_mistakes(options)
    started_ns = time.perf_counter_ns()
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    quiet_opengl()
    app = create_application(sys.argv[:1])

    from viewer.closing_signals import ClosingSignals
    from viewer.cockpit import Cockpit

    software_gl = has_software_gl()
    cockpit = Cockpit(
        opener(options),
        remembers=not is_unattended(options),
        software_gl=software_gl,
        egl_device=gpu_beside_window() if software_gl else None,
        face_file=options.face,
        layout=options.layout,
    )
    if options.generator is not None and not is_unattended(options):
        cockpit.try_generator(options.generator)
    cockpit.time_first_picture(started_ns)
    if options.trace is not None:
        cockpit.tracing.start(options.trace)
    unattended = attendant(cockpit, options)
    cockpit.open(options.performance)
    if options.session is not None:
        cockpit.open_session(options.session)
    if options.take is not None:
        cockpit.open_take(options.take)
    signals = ClosingSignals(cockpit.window.close)
    code = app.exec()
    signals.stop()
    cockpit.close()
    if options.trace is not None:
        sys.stdout.write(f"{cockpit.tracing.outcome}\n")
    code = unattended.exit_code if unattended is not None else code
    if cockpit.engine_thread.isRunning():
        # It is inside a network that takes minutes a picture. Destroying the thread would abort the process.
        log.warning("the engine does not answer: leaving without it")
        os._exit(code)
    return code


def refuse_mistakes(options: DesktopOptions) -> None:
    """Answer what is wrong with the options before a window opens.

    Raises:
        MienError: an unknown performance, a folder without a session, or a place that cannot be written to.
    """
    if options.performance is not None and options.performance not in BUILTIN:
        raise MienError(f"there is no performance {options.performance!r}; there are {', '.join(BUILTIN)}")
    if options.session is not None:
        open_session(options.session)
    demo = options.demo / "mien.png" if options.demo is not None else None
    for path in (options.screenshot, options.trace, demo):
        if path is not None:
            refuse_unwritable(path)


def is_unattended(options: DesktopOptions) -> bool:
    """Whether the window closes by itself: then it must neither read nor change what the user's windows remember."""
    return any(option is not None for option in (options.screenshot, options.seconds, options.demo, options.measure))


def attendant(cockpit: Cockpit, options: DesktopOptions) -> Unattended | Measurement | None:
    """Who drives the window if no person does; it has an `exit_code`."""
    if options.measure is not None:
        from viewer.measuring import Measurement

        return Measurement(cockpit, options)
    if is_unattended(options):
        from viewer.unattended import Unattended

        return Unattended(cockpit, options)
    return None


def opener(options: DesktopOptions) -> Callable[[], Engine]:
    """What opens the engine, on its thread. Loading it there lets the window appear first."""

    def open_here() -> Engine:
        from gpu_core.engine import open_engine

        settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision)
        try:
            return open_engine(options.face, options.generator, settings)
        except ModelError:
            if options.generator is None or is_unattended(options):
                raise
            # Somebody is there to be asked what this generator wants, or told what is wrong with it: see try_generator.
            return open_engine(options.face, None, settings)

    return open_here


def quiet_opengl() -> None:
    """Leave out PyOpenGL's check after every call, unless MIEN_GL_CHECKS is set. Before anything imports OpenGL.GL."""
    if os.environ.get("MIEN_GL_CHECKS") or "OpenGL.GL" in sys.modules:
        return
    OpenGL.ERROR_CHECKING = False
    # PyOpenGL 3.1.10: without checks, `import OpenGL.EGL` misses this name.
    import OpenGL.raw.EGL._errors as egl_errors

    egl_errors._error_checker = None


def surface_format() -> QSurfaceFormat:
    """OpenGL 4.5 core, of which a driver may serve less (3.3 is enough); no waiting for the screen."""
    from PySide6.QtGui import QSurfaceFormat

    wanted = QSurfaceFormat()
    wanted.setVersion(4, 5)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setSwapInterval(0)
    wanted.setDepthBufferSize(0)
    wanted.setStencilBufferSize(0)
    return wanted


def has_software_gl() -> bool:
    """Whether OpenGL is drawn by the CPU here; also if there is none, which the engine thread will then say."""
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

    from gpu_core.gl.context import describe_current

    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return True
    try:
        return describe_current().is_software
    finally:
        context.doneCurrent()


def gpu_beside_window() -> int | None:
    """The EGL device of the GPU that CUDA computes on: what draws if the window's OpenGL is software, as under Xvfb."""
    from gpu_core.cuda.opengl_devices import match

    found = match()
    log.info("OpenGL beside the window: %s", found.reason)
    return found.egl_index


def create_application(arguments: list[str]) -> QApplication:
    """The QApplication, with shared contexts, so that frames cross from the engine's thread to the window.

    Raises:
        MienError: there is no display.
    """
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # Qt would abort the process.
        raise MienError("there is no display: start Mien on a desktop, or under `xvfb-run`, or use `mien render`")
    # PyOpenGL asks EGL for the current context (see gpu_core.gl), so Qt has to make its contexts through EGL as well.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "xcb_egl")
    QSurfaceFormat.setDefaultFormat(surface_format())
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(arguments)
    app.setApplicationName("Mien")
    app.setOrganizationName("Mien")
    from viewer import theme

    theme.apply(app)
    return app
