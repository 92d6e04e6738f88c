"""viewer.farm.cluster: addresses that are none, a start that takes too long, room for what was asked for."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.farm import cluster
from viewer.farm.cluster import StartWatch, local_cpus, refuse_address
from viewer.farm.values import Room


@pytest.mark.parametrize("address", ["foo", "foo:", ":6379", "ray://head:10001", "http://head:80", "h:6x", "1:2:"])
def test_what_is_no_address_is_one_line(address: str) -> None:
    with pytest.raises(MienError, match="is no address of a Ray cluster"):
        refuse_address(address)


@pytest.mark.parametrize("port", ["1", "99999", "123456789012345"])
def test_where_nobody_listens_is_one_line(port: str) -> None:
    with pytest.raises(MienError, match="no Ray cluster answers at 127"):
        refuse_address(f"127.0.0.1:{port}")


def test_somebody_who_listens_is_let_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        refuse_address(f"127.0.0.1:{server.getsockname()[1]}")


def test_a_cluster_of_this_machine_has_room_for_what_was_asked_for() -> None:
    cores = os.cpu_count() or 1
    assert local_cpus(Room()) == cores
    assert local_cpus(Room(workers=3 * cores, cpus=1.0)) == 3 * cores
    assert local_cpus(Room(workers=3, cpus=0.5)) == max(cores, 2)


def test_a_start_that_takes_too_long_is_told_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    left, said = threading.Event(), list[str]()
    monkeypatch.setattr(cluster, "ANSWER_S", 0.01)
    monkeypatch.setattr(cluster, "leave_now", left.set)
    watch = StartWatch(Room("127.0.0.1:1"), said.append)
    assert left.wait(10.0)
    watch.done()
    (text,) = said
    assert text.startswith("what listens at 127.0.0.1:1 does not answer as a Ray cluster does: waited for 0 s;")
    assert "RAY_AUTH_TOKEN" in text


def test_once_ray_is_there_nothing_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    left = list[int]()
    monkeypatch.setattr(cluster, "leave_now", lambda: left.append(1))
    watch = StartWatch(Room(), lambda _why: left.append(2))
    watch.done()
    watch.give_up()
    assert left == []
    early = StartWatch(Room(), lambda _why: left.append(2))
    early.give_up()
    assert left == [1]
    early.done()


def test_folders_of_runs_that_were_killed_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_base", lambda: tmp_path)
    (tmp_path / "mien-ray-999999999-x").mkdir()
    (tmp_path / f"mien-ray-{os.getpid()}-x").mkdir()
    (tmp_path / "mien-ray-other").mkdir()
    home = cluster._new_home()
    assert {path.name for path in tmp_path.iterdir()} == {f"mien-ray-{os.getpid()}-x", "mien-ray-other", home.name}
