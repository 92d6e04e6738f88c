"""The ablation for people: a table for the terminal, and one in Markdown with all that it takes to repeat it."""

from __future__ import annotations

from typing import Any

_COLUMNS = (
    "row", "fps", "× classic", "latency p50", "p95", "p99", "alone", "core-ms", "× less", "PSNR", "FLIP", "engine",
)  # fmt: skip
_TEXTS = (0, 10)  # columns that begin at the left


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """One row as texts; a row that could not be measured says why in its last cell."""
    if "missing" in row:
        return (row["name"], *[""] * (len(_COLUMNS) - 2), f"not here: {row['missing']}")
    latency, low_high = row["latency_ms"], row["ratio_quartiles"]
    return (
        row["name"] + ("" if row["kept"] else " (not kept)"),
        f"{row['fps']:.1f}",
        f"{row['ratio']:.2f} ({low_high[0]:.2f}–{low_high[1]:.2f})",
        f"{latency['p50']:.1f}",
        f"{latency['p95']:.1f}",
        f"{latency['p99']:.1f}",
        f"{row['alone_ms']['p50']:.1f}",
        f"{row['core_ms']:.1f}",
        f"{row['core_ratio']:.2f}",
        f"{row['psnr_vs_classic']:.1f}",
        f"{row['flip_vs_classic']:.4f} (≤ {row['flip_worst']:.4f})",
        row["engine"],
    )


def print_table(figures: dict[str, Any]) -> None:
    """Print the rows in columns."""
    lines = [_COLUMNS, *(cells(row) for row in figures["rows"])]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_COLUMNS) - 1)]
    for line in lines:
        pairs = enumerate(zip(line[:-1], widths, strict=True))  # the last is as long as it is
        padded = [text.ljust(width) if at in _TEXTS else text.rjust(width) for at, (text, width) in pairs]
        print("  ".join((*padded, line[-1])).rstrip())
    print(
        f"full is {figures['ratio']:.2f} times classic; milliseconds, medians of {figures['settings']['rounds']} rounds"
    )


def markdown(figures: dict[str, Any]) -> str:
    """The whole report: table, what each row adds, machine, versions, settings, method."""
    rows = figures["rows"]
    parts = ["# From the classic path to the full one", "", f"full is **{figures['ratio']:.2f}** times classic.", ""]
    parts += [_line(_COLUMNS), _line(("---",) * len(_COLUMNS)), *(_line(cells(row)) for row in rows), ""]
    parts += ["Latency, core time and stages in milliseconds; PSNR in dB.", "", "## What each row adds", ""]
    parts += [f"- **{row['name']}**: {row['adds']}" for row in rows]
    for title in ("machine", "versions", "settings"):
        parts += ["", f"## {title.capitalize()}", ""]
        parts += [f"- {name}: {value}" for name, value in figures.get(title, {}).items()]
    parts += [
        "",
        "## Method",
        "",
        f"{figures['method']}.",
        "",
        f"Measured: {figures.get('date', '?')}, load average before it {figures.get('load_average')}",
        "",
    ]
    return "\n".join(parts)


def _line(texts: tuple[str, ...]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"
