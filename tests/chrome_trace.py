"""Reading Chrome traces in tests, and the rules that their readers hold them to."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def read_trace(path: Path, *, ended: bool = True) -> list[Event]:
    """The events of a trace. One that was not ended lacks the bracket and perhaps the end of its last line."""
    text = path.read_text(encoding="utf-8")
    if ended:
        return json.loads(text)
    assert text.startswith("[\n")
    lines = [line.removesuffix(",") for line in text.splitlines()[1:]]
    return [json.loads(line) for line in lines if line not in ("", "]")]


def of_phase(events: list[Event], phase: str) -> list[Event]:
    """The events of one kind."""
    return [event for event in events if event["ph"] == phase]


def titles(events: list[Event]) -> dict[int, str]:
    """The names of the tracks."""
    return {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}


def spans_by_track(events: list[Event]) -> dict[str, list[str]]:
    """What was done on each track, in the order of time."""
    named, found = titles(events), defaultdict(list)
    for event in sorted(of_phase(events, "X"), key=lambda event: event["ts"]):
        found[named[event["tid"]]].append(event["name"])
    return dict(found)


def check(events: list[Event]) -> None:
    """Everything that Perfetto would drop or refuse an event for; of "Trace Event Format" what is used here."""
    named = titles(events)
    for event in events:
        assert event["ph"] in "XMCibestf"
        assert isinstance(event["name"], str)
        assert event["name"]
        if event["ph"] != "M":
            assert event["ts"] >= 0
            assert event["ts"] < 1e12, "eleven days"
    spans = of_phase(events, "X")
    for span in spans:
        assert span["dur"] > 0
        assert span["tid"] in named
    _check_overlap(spans)
    _check_flows(events, spans)
    _check_pairs(events)
    for counter in of_phase(events, "C"):
        assert all(isinstance(value, int | float) for value in counter["args"].values())


def _check_overlap(spans: list[Event]) -> None:
    ends: dict[int, float] = {}
    for span in sorted(spans, key=lambda span: span["ts"]):
        assert span["ts"] >= ends.get(span["tid"], 0.0) - 1e-3, f"{span} overlaps what is on its track"
        ends[span["tid"]] = span["ts"] + span["dur"]


def _check_flows(events: list[Event], spans: list[Event]) -> None:
    starts = {(span["tid"], span["ts"]) for span in spans}
    flows = defaultdict(list)
    for event in events:
        if event["ph"] in "stf":
            assert (event["tid"], event["ts"]) in starts, "a flow begins and ends in a span"
            flows[event["id"]].append(event)
    for flow in flows.values():
        phases = "".join(event["ph"] for event in flow)
        assert phases == "s" + "t" * (len(flow) - 2) + "f", "every flow has both ends"
        assert [event["ts"] for event in flow] == sorted(event["ts"] for event in flow)
        assert flow[-1]["bp"] == "e"
        assert len({(event["name"], event["cat"]) for event in flow}) == 1


def _check_pairs(events: list[Event]) -> None:
    begun = {event["id"]: event["ts"] for event in of_phase(events, "b")}
    ended = {event["id"]: event["ts"] for event in of_phase(events, "e")}
    assert begun.keys() == ended.keys()
    assert all(ended[key] >= begun[key] for key in begun)
