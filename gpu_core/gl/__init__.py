"""The only room that calls OpenGL. Everything here needs a current context and never changes which one is current.

PyOpenGL looks its functions up through one platform for the life of the process, chosen when it is first imported. On
Linux that is EGL here: it serves headless contexts and, measured, those that Qt makes through GLX as well.
"""

import os
import sys

if sys.platform.startswith("linux"):
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
