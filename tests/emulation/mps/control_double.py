#!/usr/bin/env python3
"""A double of nvidia-cuda-mps-control: the daemon, and the program that sends it what stands on its standard input.

FAKE_MPS chooses how the daemon behaves: "" as it should; "refuses" to start; "hangs" at the start; "silent": it starts
and never listens; "deaf": listens and never answers; "stays": does not quit; "forbids": refuses all commands;
"odd": answers with words that nobody has documented. FAKE_MPS_FILE holds {"servers": {PID: [CLIENTS]}, "status": ...}.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

HOW = os.environ.get("FAKE_MPS", "")
PIPES = os.environ.get("CUDA_MPS_PIPE_DIRECTORY") or "/tmp/nvidia-mps"
LOG = os.environ.get("CUDA_MPS_LOG_DIRECTORY") or "/var/log/nvidia-mps"
SOCKET, PID_FILE = os.path.join(PIPES, "control"), os.path.join(PIPES, "nvidia-cuda-mps-control.pid")
UP_TO_S = 120  # however a test ends, the daemon does too


def state():
    try:
        with open(os.environ.get("FAKE_MPS_FILE", "")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def start():
    if HOW == "refuses":
        sys.exit("An instance of this daemon is already running" if os.path.exists(SOCKET) else "Failed to start MPS")
    if HOW == "hangs":
        time.sleep(UP_TO_S)
    environment = os.environ | {"FAKE_MPS_DAEMON": "1"}
    subprocess.Popen([sys.executable, "-SE", __file__, "-d"], env=environment, start_new_session=True)
    deadline = time.monotonic() + 10
    while HOW != "silent" and not os.path.exists(PID_FILE) and time.monotonic() < deadline:
        time.sleep(0.01)


def serve():
    signal.alarm(UP_TO_S)
    with open(os.path.join(LOG, "control.log"), "a") as log:
        gpu = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
        log.write(f"[double] GPU {gpu}\n[double] Starting control daemon\n")
    if HOW == "silent":
        signal.pause()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SOCKET)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(SOCKET)
    listening.listen()
    with open(PID_FILE + ".part", "w") as file:
        file.write(f"{os.getpid()}\n")
    os.rename(PID_FILE + ".part", PID_FILE)
    if HOW == "stays":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        connection, _ = listening.accept()
        with connection:
            answer_one(connection)


def answer_one(connection):
    words = connection.recv(4096).decode().split()
    if HOW == "deaf":
        signal.pause()
    if words[:1] == ["quit"] and HOW != "stays":
        os.unlink(PID_FILE)
        connection.close()
        sys.exit(0)
    if HOW == "forbids":
        connection.sendall(b"!User did not have permission to execute command\n")
        return
    connection.sendall(answer(words).encode())


def answer(words):
    told = state()
    servers = told.get("servers", {})
    if HOW == "odd":
        return "".join(f"Server: {pid} up\n{pid}\tfoo\nPID {pid}\n" for pid in servers) + "-1\n99999999999999\n"
    if words == ["get_server_list"]:
        return "".join(f"{pid}\n" for pid in servers)
    if words[:1] == ["get_client_list"]:
        return "".join(f"{client}\n" for client in servers.get(words[1], ()))
    if words[:1] == ["get_server_status"]:
        return told.get("status", "ACTIVE") + "\n"
    if words == ["ps"]:
        rows = [("PID", "ID", "SERVER", "DEVICE", "NAMESPACE", "COMMAND")]
        rows += [(c, 0, s, "GPU-cb1213a3-d6a4", 4026531836, "python") for s in servers for c in servers[s]]
        return "".join("  ".join(map(str, row)) + "\n" for row in rows)
    if words[:1] == ["terminate_client"]:
        servers[words[1]].remove(int(words[2]))
        with open(os.environ["FAKE_MPS_FILE"], "w") as file:
            json.dump(told, file)
        return ""
    return "" if words[:1] == ["quit"] else "Invalid command\n"


def send(text):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(SOCKET)
    except OSError:
        sys.stdout.write("Cannot find MPS control daemon process\n")
        sys.exit(1)
    connection.sendall(text.encode())
    said = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    if said.startswith("!"):
        sys.exit(said[1:])
    sys.stdout.write(said)


if __name__ == "__main__":
    if "-d" not in sys.argv:
        send(sys.stdin.read())
    elif os.environ.get("FAKE_MPS_DAEMON"):
        serve()
    else:
        start()
