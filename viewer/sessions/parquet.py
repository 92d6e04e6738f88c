"""A session's tables as Parquet, beside the CSV they were appended to: a tenth of the bytes, read by columns.

Only where pyarrow is installed. The CSV stays: it is what every reader here reads, and what a crash leaves.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from viewer.sessions import layout

TABLES = (layout.TRACK_NAME, layout.INDEX_NAME, layout.TIMINGS_NAME, layout.UTILISATION_NAME)
CHUNK_BYTES = 8 * 2**20  # of CSV at a time: memory stays flat however long the session


def is_available() -> bool:
    """Whether pyarrow is there."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(folder: Path) -> None:
    """Write NAME.parquet beside each table of a session that is closed; floats keep every bit.

    Raises:
        OSError: one cannot be written; those that are there are whole.
        ValueError: a table is not as it was written.
    """
    for name in TABLES:
        _convert(folder / name, folder / f"{Path(name).stem}.parquet")


def _convert(table: Path, target: Path) -> None:
    csv, parquet = (importlib.import_module(f"pyarrow.{name}") for name in ("csv", "parquet"))
    part = target.with_name(f".{target.name}.part")
    try:
        types = _types(table)
        reader = csv.open_csv(
            str(table),
            read_options=csv.ReadOptions(block_size=CHUNK_BYTES, use_threads=False),
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
        with reader, parquet.ParquetWriter(str(part), reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _types(table: Path) -> dict[str, str]:
    """Columns whose first rows might be taken for something else: a whole number for a float, nothing for text."""
    with table.open(encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split(",")
    whole = {"frame", "video_frame", "engine_frame", "requested_ns", "finished_ns", "start_ns", "taken_ns", "steady"}
    text = {"state", "path", "stage", "clock", "gpu"}
    return {name: "int64" if name in whole else "string" if name in text else "double" for name in names}
