"""gpu_core.mps.answers: as documented, and with anything else nothing is raised and nothing made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gpu_core.mps.answers import Listed, listed_clients, process_ids, server_status

DOCUMENTED = """\
PID  ID    SERVER    DEVICE             NAMESPACE    COMMAND  ATTRIBUTES
9741  0    6472      GPU-cb1213a3-d6a4-be7f 4026531836 ./nbody
9743  0    6472      GPU-cb1213a3-d6a4-be7f 4026531836 ./nbody
"""


def test_ids_are_what_lines_begin_with():
    assert process_ids("6472\n6473\n6472\n") == (6472, 6473)
    assert process_ids("  6472 ACTIVE\n\nServer 12\n-5\n0\n4294967296\n12ab\n") == (6472,)


def test_a_status_is_one_word_in_capitals():
    assert server_status("ACTIVE\n") == "ACTIVE"
    assert server_status("Server 12 status: FAULT") == "FAULT"
    assert server_status("Server 12 is well") == ""


def test_the_table_of_clients_goes_by_its_heading():
    first, second = listed_clients(DOCUMENTED)
    assert first == Listed(9741, 6472, "GPU-cb1213a3-d6a4-be7f", "./nbody")
    assert second.pid == 9743
    assert listed_clients("COMMAND PID EXTRA\n./a 12 x\n") == (Listed(12, command="./a"),)
    assert listed_clients("12 0 34\n") == (Listed(12, 34),)
    assert listed_clients("PID\nnobody\n") == ()


@given(st.text(max_size=300))
def test_whatever_it_says_only_ids_come_of_it(text):
    assert all(0 < pid < 1 << 31 for pid in process_ids(text))
    assert all(0 < client.pid < 1 << 31 for client in listed_clients(text))
    assert server_status(text).upper() == server_status(text)
