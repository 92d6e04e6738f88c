"""What ncu counted of each kernel, beside what it needs: of `kernel_times --once` under `ncu --csv --page raw`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from viewer.benches.kernels import cases

COLUMNS = {
    "gpu__time_duration.sum": "time", "dram__bytes_read.sum": "read", "dram__bytes_write.sum": "written",
    "lts__t_bytes.sum": "through L2", "l1tex__t_bytes.sum": "through L1",
    "sm__warps_active.avg.pct_of_peak_sustained_active": "warps %", "launch__registers_per_thread": "registers",
}  # fmt: skip


def main() -> None:
    """The rows in the order of the launches."""
    lines = Path(sys.argv[1]).read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith('"ID"'))
    rows = list(csv.DictReader(lines[start:]))
    units, launches = rows[0], rows[1:]
    print(f"{'launch':<56}{'needed':>12}" + "".join(f"{name + ' ' + units[key]:>22}" for key, name in COLUMNS.items()))
    for case, row in zip(cases(), launches, strict=False):
        assert row["Kernel Name"].startswith(case.kernel), (row["Kernel Name"], case.kernel)
        print(f"{case.name:<56}{case.bytes_needed:>12,}" + "".join(f"{row[key]:>22}" for key in COLUMNS))


if __name__ == "__main__":
    main()
