"""viewer.interruptions: nothing is answered before somebody asks, the second at once, and all is as it was after."""

from __future__ import annotations

import signal

import pytest

from tests.signals import deliver
from viewer.interruptions import Interruptions


def test_ctrl_c_waits_until_somebody_asks() -> None:
    with Interruptions() as interruptions:
        interruptions.check()
        deliver(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interruptions.check()
        with pytest.raises(KeyboardInterrupt):
            interruptions.check()


def test_sigterm_ends_with_the_code_of_a_shell() -> None:
    with Interruptions() as interruptions:
        deliver(signal.SIGTERM)
        with pytest.raises(SystemExit) as ended:
            interruptions.check()
    assert ended.value.code == 143


def test_whoever_wants_to_holds_others_back_as_well() -> None:
    with Interruptions(also=(signal.SIGHUP,)) as interruptions:
        deliver(signal.SIGHUP)
        with pytest.raises(SystemExit) as ended:
            interruptions.check()
    assert ended.value.code == 129
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_a_second_one_is_answered_at_once() -> None:
    with Interruptions():
        deliver(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            deliver(signal.SIGINT)


def test_where_nobody_asks_the_first_is() -> None:
    with Interruptions() as interruptions:
        with pytest.raises(KeyboardInterrupt), interruptions.answered_at_once():
            deliver(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interruptions.answered_at_once():
            pytest.fail("what came before is answered before")


def test_handlers_are_given_back_and_what_was_ignored_stays_ignored() -> None:
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell starts what runs in the background
    try:
        with Interruptions() as interruptions:
            deliver(signal.SIGINT)
            interruptions.check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, former)
