"""Python on one core and no other: for comparing numbers of workers.

    python one_core.py CORE ARGUMENTS...     runs `python ARGUMENTS...`, Linux on x86-64 and ARM64 only

Affinity alone does not hold: OpenVINO's threads take all cores of the machine while they infer. So the call that
changes it does nothing from here on, by a filter of system calls that survives exec (seccomp(2), prctl(2),
linux/filter.h). Imports nothing of Mien.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

_SET_AFFINITY = {"x86_64": 203, "aarch64": 122}  # asm/unistd_64.h, asm-generic/unistd.h
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
_ALLOW, _ANSWER_0 = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with no error


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def filter_of(call: int) -> bytes:
    """Instructions that answer that system call with 0, and let the others through."""
    steps = ((_LOAD, 0, 0, 0), (_JUMP_IF_EQUAL, 0, 1, call), (_RETURN, 0, 0, _ANSWER_0), (_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def stay_on(core: int) -> None:
    """Bind this process, and whatever it becomes, to a core.

    Raises:
        OSError: the system does not allow it.
    """
    os.sched_setaffinity(0, {core})
    steps = filter_of(_SET_AFFINITY[platform.machine()])
    code = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // 8, ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*arguments):
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    stay_on(int(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
