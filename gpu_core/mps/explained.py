"""CUDA's errors about MPS, one sentence each with what to do, and what a supervisor can do about them."""

from __future__ import annotations

# cuda.h, CUDA_ERROR_MPS_*: what each means is NVIDIA's text, what to do about it is ours.
HINTS = {
    805: "the MPS daemon that CUDA was sent to cannot be reached: `mien mps status` shows it; start it anew, or unset "
    "CUDA_MPS_PIPE_DIRECTORY to run without",
    806: "the MPS server no longer serves this process: start the process again; the server's log says more",
    807: "the MPS server takes no clients just now, as after a fault of one: it does again once all that were there "
    "have ended",
    808: "the MPS server has as many clients as this GPU has room for: run fewer processes, with more faces in each",
    809: "this GPU has no connections left for another client of MPS: run fewer processes, or set "
    "CUDA_DEVICE_MAX_CONNECTIONS to less",
    810: "the MPS server has ended this client, on request or for a fault on the GPU, its own or another's: CUDA is "
    "lost to this process until it is started again",
}
_ADVICE = {805: "look", 806: "restart", 807: "wait", 808: "fewer", 809: "fewer", 810: "restart"}


def advice(code: int) -> str:
    """For a CUresult: "restart" the process, "wait" and start it again, run "fewer", "look" after the daemon, or ""."""
    return _ADVICE.get(code, "")
