"""`mien speak`: a text, or a recording, becomes a video of the face that speaks it, or its analysis; no window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from viewer.clips.offline import make_clip, print_error
from viewer.clips.offline_options import add_video_options, check_video
from viewer.headless import VIEWS
from viewer.options import Parser, add_engine_options, finite
from viewer.picture_file import refuse_unwritable, write_whole
from viewer.sessions.take import FPS, Take, save_take
from viewer.speech.alignment import aligned
from viewer.speech.analysing import analyse
from viewer.speech.analysis import EMOTIONS
from viewer.speech.analysis_json import to_dict
from viewer.speech.recording import read_sound
from viewer.speech.sound_file import filmed_with_sound, write_wav
from viewer.speech.spectrum_lips import sound_performance
from viewer.speech.speech_performance import SpeechPerformance, speech_performance
from viewer.speech.spoken import SpeechError
from viewer.speech.voices import AUTO, open_voice, voice_names

LARGEST_FILE = 1_000_000  # bytes of a text


def main(arguments: Sequence[str]) -> int:
    """Speak what `arguments` ask for.

    Raises:
        MienError: the text, the voice or a file is unusable; nothing is left behind.
    """
    options = _parsed(arguments)
    performance = _performance(options)
    if options.analysis:
        told = to_dict(performance.analysis, performance.spoken)
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    _write_others(performance, options)
    if options.out is not None:
        _film(performance, options)
        sys.stdout.write(f"{options.out}\n")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="mien speak", description="Speak a text: a video, its sound, its take, or its analysis.")
    parser.add_argument(
        "text", nargs="?", metavar="TEXT", help="what to say, plain or with SSML; - reads standard input"
    )
    parser.add_argument("--text-file", type=Path, metavar="FILE", help="what to say, as UTF-8")
    parser.add_argument(
        "--sound", type=Path, metavar="FILE",
        help="a recording to move with: of TEXT, whose sounds are looked for in it; without TEXT jaw and lips follow "
        "its spectrum, the lesser way",
    )  # fmt: skip
    parser.add_argument("--out", type=_mp4, metavar="FILE.mp4", help="the face speaking: H.264 and AAC")
    parser.add_argument("--voice", choices=(AUTO, *voice_names()), default=AUTO, help="who speaks (default: auto)")
    parser.add_argument(
        "--emotion", action="append", default=[], type=_emotion, metavar="NAME=VALUE",
        help=f"felt over all of it, 0 to 1: {', '.join(EMOTIONS)}; repeatable",
    )  # fmt: skip
    parser.add_argument("--analysis", action="store_true", help="print what was found in the text, as JSON")
    parser.add_argument("--take-out", type=Path, metavar="FILE", help="the face's movement: .csv, .glb or .json")
    parser.add_argument("--wav", type=Path, metavar="FILE.wav", help="the sound")
    parser.add_argument("--seed", type=int, default=1, help="another one blinks and glances otherwise (default: 1)")
    parser.add_argument(
        "--view", choices=tuple(v for v in VIEWS if v != "all"), default="generated", help="which picture"
    )
    parser.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_video_options(parser)
    add_engine_options(parser)
    return parser


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    texts = (options.text is not None) + (options.text_file is not None)
    if texts == 2 or (texts == 0 and options.sound is None):
        parser.error("say one text: in the command, or with --text-file")
    if texts == 0 and (options.emotion or options.analysis):
        parser.error("--emotion and --analysis need the text of the sound")
    if not (options.out or options.analysis or options.take_out or options.wav):
        parser.error("say what to make: --out FILE.mp4, --wav FILE, --take-out FILE, or --analysis")
    check_video(options, [options.take_out, options.wav, options.text_file, options.sound])
    for path in (options.out, options.take_out, options.wav, options.trace, options.json):
        if path is not None:
            refuse_unwritable(path)
    return options


def _text(options: argparse.Namespace) -> str:
    if options.text_file is None:
        return sys.stdin.read(LARGEST_FILE) if options.text == "-" else str(options.text)
    try:
        with options.text_file.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise SpeechError(f"{options.text_file} is larger than {LARGEST_FILE:,} bytes")
        return str(data.decode("utf-8-sig"))
    except OSError as error:
        raise SpeechError(f"{options.text_file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise SpeechError(f"{options.text_file} is not text in UTF-8") from None


def _performance(options: argparse.Namespace) -> SpeechPerformance:
    recording = read_sound(options.sound) if options.sound is not None else None
    if options.text is None and options.text_file is None:
        assert recording is not None
        print_error("mien: without its text a sound moves jaw and lips by its spectrum alone: no p, f or th is seen")
        return sound_performance(recording, seed=options.seed)
    analysis = analyse(_text(options), dict(options.emotion))
    for note in analysis.notes:
        print_error(f"mien: {note}")
    with closing(open_voice(options.voice, analysis)) as voice:
        spoken = voice.speak(analysis)
    if recording is not None:
        spoken = aligned(recording, spoken)
    return speech_performance(analysis, spoken, seed=options.seed)


def _write_others(performance: SpeechPerformance, options: argparse.Namespace) -> None:
    if options.take_out is not None:
        save_take(_take(performance, options), options.take_out, face=options.face)
        sys.stdout.write(f"{options.take_out}\n")
    if options.wav is not None:
        write_whole(options.wav, lambda file: write_wav(performance.spoken, file))
        sys.stdout.write(f"{options.wav}\n")


def _film(performance: SpeechPerformance, options: argparse.Namespace) -> None:
    with filmed_with_sound(options.out, performance.spoken) as silent:
        asked = argparse.Namespace(**{**vars(options), "out": silent})
        figures, facts = make_clip(_take(performance, options), asked)
    print_error(f"mien: {figures.line()}")
    if options.json:
        text = json.dumps(figures.to_dict() | facts, indent=2, allow_nan=False) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))


def _take(performance: SpeechPerformance, options: argparse.Namespace) -> Take:
    return Take(performance.title, performance.duration_s, options.fps or FPS, performance.at)


def _mp4(text: str) -> Path:
    if Path(text).suffix.lower() != ".mp4":
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .mp4")
    return Path(text)


def _emotion(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    if name not in EMOTIONS or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE with one of {', '.join(EMOTIONS)}")
    strength = finite(value)
    if not 0.0 <= strength <= 1.0:
        raise argparse.ArgumentTypeError(f"{name} is {strength:g}: 0 to 1")
    return name, strength
