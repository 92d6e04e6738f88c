"""What this machine can do, and for each "no" the reason and the remedy: the doctor's data.

Every probe is narrow: it catches the one failure that means "not here" and keeps its text. Whatever may crash or hang
(OpenGL, CUDA, TensorRT) is tried in a process of its own, so that it is a finding and not the end of the report.
"""
