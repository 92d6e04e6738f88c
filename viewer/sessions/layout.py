"""What a session on disk consists of: one folder, each file whole enough for other tools at any moment.

    session.json       what it is: settings, versions, machine, hashes, what was counted; `state` says how it stands
    video.mp4 | .mkv   or pictures/00000000.png ...: `fps` frames a second from the first picture on
    expressions.csv    a take in Live Link Face's form: a row a video frame
    track.csv          the same faces exactly: a row for every frame that was drawn, floats that read back bit by bit
    index.csv          of each of those rows: when it was, which video frame shows it, or why none does
    timings.csv        a row a stage of each of those frames; what a GPU tells counts instead of the host's row
    utilisation.csv    twice a second: processor, memory, GPU
    trace.json         the same times for ui.perfetto.dev
    contact_sheet.png  made at the end
    NAME.parquet       track, index, timings and utilisation once more, made at the end where pyarrow is installed
    audio.wav          nothing records one yet: its place is here, 48 kHz PCM that begins with the first picture
    writer.lock        there while it is being written, and locked by who writes it

Everything but session.json and the contact sheet is only appended to.
"""

from __future__ import annotations

from gpu_core.errors import MienError

SCHEMA = 1
KIND = "mien session"
RECORDING, CLOSED, STOPPED = "recording", "closed", "stopped"  # being written; ended as wanted; ended by a failure
STATES = (RECORDING, CLOSED, STOPPED)

STATE_NAME, LOCK_NAME = "session.json", "writer.lock"
CSV_NAME, TRACK_NAME, INDEX_NAME = "expressions.csv", "track.csv", "index.csv"
TIMINGS_NAME, UTILISATION_NAME, TRACE_NAME = "timings.csv", "utilisation.csv", "trace.json"
SHEET_NAME, AUDIO_NAME = "contact_sheet.png", "audio.wav"
VIDEO_NAMES = {
    "h264": "video.mp4", "ffv1": "video.mkv", "h264rgb": "video.mkv", "png": "pictures", "exr": "pictures",
}  # fmt: skip
CODECS = tuple(VIDEO_NAMES)
ENCODERS = {"h264": "x264", "ffv1": "FFV1", "h264rgb": "x264 lossless", "png": "PNG", "exr": "EXR"}  # on the processor
LOSSLESS = frozenset(CODECS) - {"h264"}


class SessionError(MienError):
    """A session cannot be read or mended; the text names the file and, where there is one, the line."""
