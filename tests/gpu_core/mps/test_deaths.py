"""gpu_core.mps.deaths: who took whom along, and no more said than is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.cuda.calls import checked
from gpu_core.errors import CudaError
from gpu_core.mps.deaths import TOGETHER_S, Death, Toll, read_death, what_they_took


class CUresult(int):
    """As the bindings have it: a number with a name."""

    name = "CUDA_ERROR_MPS_CONNECTION_FAILED"


def told(*deaths, under_mps=True):
    return what_they_took(deaths, under_mps=under_mps)


def test_one_that_dies_alone_takes_nothing_along():
    (one,) = told(Death(2, 10.0, by_signal=9))
    assert (one.along, one.text) == ((), "stream 2 was killed by signal 9 and took nothing along")
    assert told(Death(1, 0.0, code=700))[0].text == "stream 1 ended with CUDA error 700 and took nothing along"


def test_a_fault_of_one_ends_the_other_clients():
    fault, second, third = Death(2, 10.0, code=700), Death(1, 10.2, code=810), Death(3, 10.4, code=806)
    (one,) = told(third, second, fault)
    assert (one.cause, one.along) == (fault, (second, third))
    assert one.text.startswith("stream 2 ended with CUDA error 700 and took streams 1 and 3 along: under MPS")


def test_the_same_fault_everywhere_leaves_open_whose_it_was():
    (one,) = told(Death(1, 10.0, code=719), Death(2, 10.1, code=719))
    assert one.cause == Death(1, 10.0, code=719)
    assert "MPS does not tell whose it was" in one.text


def test_a_kill_in_the_midst_of_work_is_a_cause():
    (one,) = told(Death(4, 9.9, by_signal=9), Death(1, 10.0, code=810))
    assert one.text.startswith("stream 4 was killed by signal 9 and took stream 1 along")


def test_who_died_of_something_else_is_not_said_to_have_been_taken():
    one, other = told(Death(1, 10.0, code=700), Death(2, 10.1, code=810), Death(3, 10.2, by_signal=9))
    assert [death.number for death in one.along] == [2]
    assert other.text == "stream 3 was killed by signal 9 and took nothing along"


def test_where_only_the_server_speaks_it_is_the_server():
    (one,) = told(Death(1, 10.0, code=806), Death(2, 10.1, code=806))
    assert one.cause is None
    assert one.text.startswith("MPS ended streams 1 and 2: its server")
    assert told(Death(1, 0.0, code=810))[0].text.startswith("MPS ended stream 1: its server")


def test_several_kills_and_nothing_else_are_not_blamed_on_each_other():
    taken = told(Death(1, 10.0, by_signal=9), Death(2, 10.1, by_signal=9))
    assert all(not one.along for one in taken)
    assert len(taken) == 2


def test_deaths_far_apart_have_nothing_to_do_with_each_other():
    first, second = told(Death(1, 10.0, code=700), Death(2, 10.1 + TOGETHER_S, code=700))
    assert (first.along, second.along) == ((), ())


def test_without_mps_everybody_dies_alone():
    taken = told(Death(1, 10.0, code=700), Death(2, 10.0, code=700), under_mps=False)
    assert [one.text for one in taken] == [
        "stream 1 ended with CUDA error 700 and took nothing along",
        "stream 2 ended with CUDA error 700 and took nothing along",
    ]


@pytest.mark.parametrize(
    ("how", "code", "by_signal"),
    [
        ("killed by SIGKILL", 0, 9),
        ("killed by signal 64", 0, 64),
        ("ended with code 2: cuLaunchKernelEx failed: CUDA_ERROR_MPS_CLIENT_TERMINATED (810); the MPS server", 810, 0),
        ("killed by SIGSEGV: cuMemAlloc failed: CUDA_ERROR_ILLEGAL_ADDRESS (700)", 700, 11),
        ("ended with code 1: nothing of CUDA (810)", 0, 0),
        ("", 0, 0),
    ],
)
def test_a_death_is_read_from_how_it_is_told(how, code, by_signal):
    assert read_death(3, 1.0, how) == Death(3, 1.0, code, by_signal)


def test_what_an_error_says_of_itself_is_what_is_read():
    with pytest.raises(CudaError) as raised:
        checked((CUresult(805),), "cuInit")
    assert read_death(1, 0.0, f"ended with code 2: {raised.value}").code == 805


deaths = st.builds(
    Death,
    st.integers(1, 64),
    st.floats(0, 30),
    code=st.sampled_from([0, 2, 700, 719, 805, 806, 807, 810]),
    by_signal=st.sampled_from([0, 9, 11]),
)


@given(st.lists(deaths, max_size=12, unique_by=lambda death: death.number), st.booleans())
def test_every_death_is_told_once_in_one_line(some, under_mps):
    taken = what_they_took(some, under_mps=under_mps)
    assert all(one.text and "\n" not in one.text for one in taken)
    assert sum(len(one.along) + (one.cause is not None) for one in taken) == len(some)
    for death in some:
        assert any(f"{death.number}" in one.text for one in taken)


def test_a_toll_tells_of_each_group_once_and_not_too_early():
    toll = Toll(under_mps=True)
    assert toll.told(99.0) == ()
    toll.died(Death(1, 10.0, code=719))
    toll.died(Death(2, 12.0, code=810))
    assert toll.told(10.0 + TOGETHER_S) == ()
    toll.died(Death(3, 20.0, by_signal=9))
    (one,) = toll.told(20.0)
    assert one.text.startswith("stream 1 ended with CUDA error 719 and took stream 2 along")
    assert toll.told(20.0 + TOGETHER_S) == ()
    assert [taken.text for taken in toll.told(20.1 + TOGETHER_S)] == [
        "stream 3 was killed by signal 9 and took nothing along"
    ]
    assert toll.told(999.0) == ()
