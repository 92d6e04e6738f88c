"""Who holds a UDP port on this machine, as far as the system tells."""

from __future__ import annotations

import psutil


def holder_of(port: int) -> str:
    """Name and number of the process that listens there; "" if it is not told."""
    try:
        for connection in psutil.net_connections("udp4"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()[:40]} (process {connection.pid})"
    except (psutil.Error, OSError):  # macOS tells it to root only
        return ""
    return ""
