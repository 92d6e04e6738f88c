"""The engine of Mien: from expression weights to a finished picture. No window, no Qt, no thread of its own.

PyOpenGL looks its functions up through one platform for the life of the process, chosen when it is first imported. On
Linux that is EGL here: it serves headless contexts and, measured, those that Qt makes through GLX as well. This is the
one place that certainly runs before.
"""

import os
import sys

if sys.platform.startswith("linux"):
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
