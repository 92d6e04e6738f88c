"""A Ray cluster of two nodes on this machine, for tests: a process of its own.

    python -m tests.two_nodes CORES

The second node has so many cores, the first has one. It prints the address; a line `kill` on standard input ends the
second node at once, the end of standard input everything.
"""

from __future__ import annotations

import os
import sys
from typing import Any

ON_LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"


def main() -> None:
    """Serve until standard input ends."""
    # The last has Ray stay on the loopback, as it does on systems where a cluster is but one machine.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_raylet_start_wait_time_s": "120", ON_LOOPBACK: "0"}
    from ray.cluster_utils import Cluster

    room: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=room)
    second = cluster.add_node(num_cpus=int(sys.argv[1]), object_store_memory=100_000_000)
    cluster.wait_for_nodes(timeout=200)
    tell(cluster.address)
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(second, allow_graceful=False)
            tell("killed")
    cluster.shutdown()


def tell(text: str) -> None:
    """A line for who started this."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
