"""TensorRT's refusals as errors that carry its words."""

from __future__ import annotations

import gc
import weakref

import pytest

from gpu_core.errors import PlanError
from gpu_core.plans.messages import KEPT, Messages, logger_for, plain


def refusing(messages: Messages, answer: object, *texts: str):
    """A call that logs errors and says no."""

    def call() -> object:
        for text in texts:
            messages.add("ERROR", text)
        return answer

    return call


@pytest.mark.parametrize("answer", [None, False])
def test_none_and_false_are_errors_with_the_first_reason_and_the_whole_log(answer: object):
    messages = Messages()
    messages.add("INFO", "hello")
    call = refusing(messages, answer, "[a.cpp::check::12] Error Code 4: no such operator\n  in a file", "[b] and so on")
    with pytest.raises(PlanError, match=r"^cannot parse: Error Code 4: no such operator$") as raised:
        messages.ask("cannot parse", call)
    assert raised.value.log.splitlines()[0] == "INFO: hello"
    assert "[b] and so on" in raised.value.log


def test_other_answers_pass_zero_and_nothing_included():
    messages = Messages()
    assert messages.ask("x", lambda: 0) == 0
    assert messages.ask("x", lambda: []) == []


def test_an_earlier_complaint_is_not_the_reason_of_a_later_refusal():
    messages = Messages()
    messages.ask("a", refusing(messages, True, "of a, which was no failure"))
    with pytest.raises(PlanError, match=r"^b: TensorRT says no more$"):
        messages.ask("b", lambda: None)


def test_where_nothing_is_answered_the_log_decides():
    messages = Messages()
    messages.tell("fine", lambda: None)
    with pytest.raises(PlanError, match=r"^limit: too much$"):
        messages.tell("limit", refusing(messages, None, "too much"))


@pytest.mark.parametrize("error", [TypeError("factory function returned nullptr"), RuntimeError("x"), ValueError("y")])
def test_what_the_python_layer_raises_is_a_refusal_too(error: Exception):
    def call() -> None:
        raise error

    with pytest.raises(PlanError, match=f"^start: {error}$"):
        Messages().ask("start", call)


def test_the_log_is_bounded_and_leaves_out_chatter():
    messages = Messages()
    for number in range(3 * KEPT):
        messages.add("VERBOSE", "chatter")
        messages.add("INFO", str(number))
    assert messages.log.splitlines() == [f"INFO: {number}" for number in range(2 * KEPT, 3 * KEPT)]


def test_messages_are_echoed_as_they_come():
    heard: list[str] = []
    Messages(heard.append).add("WARNING", "slow")
    assert heard == ["WARNING: slow"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[localCheckMacros.cpp::getErrorStr::132] Error Code 2: OutOfMemory", "Error Code 2: OutOfMemory"),
        ("[a::b::1] [c::d::2] twice", "twice"),
        ("A::b: (x is Half. In validateTypes at /_src/a/b.cpp:88)", "A::b: (x is Half)"),
        ("[not a place] stays", "[not a place] stays"),
        ("\n\n  indented\nrest", "indented"),
        ("", "TensorRT says no more"),
    ],
)
def test_the_place_in_the_source_is_left_out(text: str, shown: str):
    assert plain(text) == shown


class Severity:
    name = "ERROR"


def fresh_api() -> type:
    """A module of TensorRT's that nobody has loaded yet."""

    class Api:
        class ILogger:
            def __init__(self) -> None:
                self.ready = True

    return Api


def test_the_logger_is_one_of_the_api():
    messages = Messages()
    logger = logger_for(fresh_api(), messages)
    assert logger.ready
    logger.log(Severity, "broken")
    assert messages.log == "ERROR: broken"


def test_there_is_one_logger_in_a_process_and_it_outlives_who_asked_first():
    """TensorRT keeps the first it is given, whatever others are handed to it: the second would hear nothing."""
    api, first, second = fresh_api(), Messages(), Messages()
    logger = logger_for(api, first)
    assert logger_for(api, second) is logger
    del first
    gone = weakref.ref(logger)
    del logger
    gc.collect()
    kept = gone()
    assert kept is not None
    kept.log(Severity, "of the second")
    assert second.log == "ERROR: of the second"
