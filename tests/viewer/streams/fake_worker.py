"""A worker in a few lines, which starts in a blink and behaves as its first argument says. Run, not imported.

good       shows a face at once and goes on until its input ends
deaf       the same, but does not end with its input
mute       says nothing, as one that hangs in start-up
dying      ends at once, with a complaint
mortal     shows a face, then dies
once       the first of them dies after a face, whoever comes after is good; the second argument is where it notes that
silent     shows a face, then says nothing more
babbling   writes what is no message
losing     shows a face, then loses its target for good, if it is the first stream; the others are good
refusing   says that what is asked for cannot be had
parent     starts a process of its own, whose number the second argument's file gets
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import threading
import time


def tell(state: str, **more: object) -> None:
    line = json.dumps({"number": number, "state": state, **more})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def show_faces() -> None:
    for frames in range(1, 1_000_000):
        tell("live", frames=frames, fps=25.0)
        if over.wait(0.05):
            break
    tell("ended", frames=frames)


def hear() -> None:
    sys.stdin.read()
    over.set()


behaviour, number, over = sys.argv[1], json.loads(sys.stdin.readline())[0]["number"], threading.Event()
if behaviour != "deaf":
    threading.Thread(target=hear, daemon=True).start()
if behaviour == "once":
    behaviour = "good" if pathlib.Path(sys.argv[2]).exists() else "mortal"
    pathlib.Path(sys.argv[2]).touch()
if behaviour == "losing" and number > 1:
    behaviour = "good"
if behaviour == "parent":
    child = subprocess.Popen(["sleep", "600"])
    pathlib.Path(sys.argv[2]).write_text(str(child.pid))
    behaviour = "good"
if behaviour in ("good", "deaf"):
    show_faces()
elif behaviour == "mute":
    time.sleep(600)
elif behaviour == "dying":
    sys.exit("mien: there is no such driver")
elif behaviour == "mortal":
    tell("live", frames=3)
    sys.exit(1)
elif behaviour == "silent":
    tell("live", frames=1)
    time.sleep(600)
elif behaviour == "babbling":
    while not over.is_set():
        sys.stdout.write("{rubbish\n")
        sys.stdout.flush()
elif behaviour == "losing":
    tell("live", frames=3)
    time.sleep(0.1)
    tell("failed", frames=3, note="/mnt/face-1.mp4: the disk is full")
elif behaviour == "refusing":
    tell("failed", note="the face is no face")
    sys.exit(2)
