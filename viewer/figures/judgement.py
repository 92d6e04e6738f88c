"""What the frames on show come to: figures, percentiles, verdict, and the report to copy. No widgets."""

from __future__ import annotations

import dataclasses
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from gpu_core.doctor.system import processor
from gpu_core.frame_statistics import statistics
from gpu_core.settings import EngineSettings, Traffic
from gpu_core.telemetry import UtilisationSample
from gpu_core.timing import Percentiles
from gpu_core.verdict import Verdict, VerdictContext, verdict
from viewer.app import version
from viewer.engine_info import Choices, EngineInfo
from viewer.figures import latency_text
from viewer.figures.columns import FrameColumns
from viewer.figures.figures_grid import Figure

STALE_NS = (
    10_000_000_000  # a sample of the machine says nothing of now: an idle panel takes them, a hidden one does not
)
MISSED = 0.05  # of the frames, a choice: who misses more deadlines does not have what was asked for


@dataclass(frozen=True)
class Judgement:
    """One look at the frames."""

    verdict: str
    figures: tuple[Figure, ...]
    table: Mapping[str, Percentiles]
    on_gpu: frozenset[str]
    left_out: int  # frames that were not steady
    evidence: Mapping[str, float] = field(default_factory=dict)  # what the verdict rests on

    def report(self, engine: EngineInfo | None, machine: Mapping[str, str]) -> latency_text.Report:
        """All of it, and of what."""
        described = {"path": f"{engine.path} ({engine.reason})", **engine.description} if engine is not None else {}
        settings = dataclasses.asdict(engine.settings) if engine is not None else {}
        return latency_text.Report(
            self.verdict, self.table, self.on_gpu, self.figures, self.left_out, machine,
            {name.replace("_", " "): value for name, value in described.items()}, settings,
        )  # fmt: skip


def judge(
    columns: FrameColumns,
    context: VerdictContext,
    *,
    now_ns: int | None = None,
    shown_age_ms: float | None = None,
    traffic: Traffic | None = None,
) -> Judgement:
    """Condense frames.

    Args:
        now_ns: when this is; None: now.
        shown_age_ms: how old the picture was when it came, if nothing has moved since: it does not get older by that.
        traffic: of the newest frame.
    """
    found = statistics(
        columns.records, now_ns=time.perf_counter_ns() if now_ns is None else now_ns, target_fps=context.target_fps
    )
    age_ms = shown_age_ms if shown_age_ms is not None else found.age_ms
    figures = latency_text.figures(found, depth=context.depth, age_ms=age_ms, traffic=traffic)
    if found.missed > MISSED * found.frames:  # what was asked for is not reached: what holds the frames back?
        context = dataclasses.replace(context, target_fps=0.0)
    said = verdict(columns.records, context) if columns.count else Verdict(latency_text.EMPTY, "none")
    left_out = int((~columns.steady).sum())
    return Judgement(said.text, figures, columns.table(), columns.gpu_stages(), left_out, said.evidence)


def others_percent(sample: UtilisationSample | None, *, cores: int, now_ns: int) -> float:
    """How much of all cores other programs take; 0 where nobody has looked just now."""
    if sample is None or not 0 <= now_ns - sample.taken_ns <= STALE_NS:
        return 0.0
    return max(sample.machine_percent - sample.process_percent / max(cores, 1), 0.0)


def context_of(
    engine: EngineInfo | None, choices: Choices, *, cores: int, target_fps: float, others: float = 0.0
) -> VerdictContext:
    """What runs and what could be tried instead, as the verdict wants to know it.

    Args:
        others: percent of all cores that other programs take.
    """
    if engine is None:
        return VerdictContext(cores=cores, target_fps=target_fps, others_percent=others)
    return VerdictContext(
        path=engine.path,
        generator=engine.generator.name if engine.generator is not None else "",
        precision=engine.state.engine.rpartition(" ")[2] if engine.settings.precision == "auto"
        else engine.settings.precision,
        precisions=tuple(name for name, reason in choices.precisions.items() if not reason),
        paths=_other_paths(engine.settings, choices),
        passages=choices.passages,
        gpu_in_use=engine.path == "cuda" or bool(engine.state.gpu),
        depth=1 if engine.path == "classic" else engine.settings.depth,
        cores=cores,
        threads=engine.settings.threads or cores,
        faces=engine.settings.faces,
        target_fps=target_fps,
        others_percent=others,
    )  # fmt: skip


def _other_paths(settings: EngineSettings, choices: Choices) -> tuple[str, ...]:
    """What the switch can be set to here. Where it stands on auto, cuda was tried: the path says why it is not used."""
    reasons = choices.switches.get("path", {})
    tried = ("auto", "cuda") if settings.path in ("auto", "cuda") else ("auto",)
    return tuple(name for name, reason in reasons.items() if not reason and name not in tried)


def machine_facts() -> dict[str, str]:
    """What a reader of copied figures has to know of the machine."""
    return {"system": platform.platform(), "processor": processor().value, "Mien": version()}
