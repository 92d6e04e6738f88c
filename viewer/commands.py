"""What the window can ask for beyond the model: the desktop does it, and a test's fake notes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class Commands(Protocol):
    """Everything that needs the engine thread or the disk. Results arrive through the model's signals."""

    def open_face(self, path: Path) -> None:
        """Show another face; the old one stays if that fails."""

    def open_session(self, folder: Path) -> None:
        """Play what a session recorded."""

    def open_take(self, path: Path) -> None:
        """Open a take, a timeline, or the face that a file turns out to be."""

    def check_session(self, folder: Path) -> None:
        """Say in a line whether a session is whole."""

    def show_timings(self) -> None:
        """Show the open session's timings beside those of now."""

    @property
    def sessions_folder(self) -> Path:
        """Where recordings go."""

    def open_generator(self, path: Path) -> None:
        """Use another generator; the old one stays if that fails."""

    def set_precision(self, precision: str) -> None:
        """Run the generator in another precision."""

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change fields of the engine's settings while it runs."""

    def toggle_classic(self) -> None:
        """Run everything the classic way; or, if it does already, as it was before."""

    def cancel_building(self) -> None:
        """Give up the plan that is being built; whatever shows the face meanwhile goes on."""

    def show_difference(self) -> None:
        """Show how much the picture changed with the last change of precision."""

    def toggle_recording(self) -> None:
        """Start or end a recording of what is shown."""

    def record_performance(self) -> None:
        """Record the chosen performance frame by frame, none dropped."""

    def toggle_trace(self) -> None:
        """Begin a trace of every frame's stages, or end it."""

    def pause_figures(self) -> None:
        """Freeze what the panels show, not the face; or go on."""

    def step_frame(self, count: int) -> None:
        """Look at a frame so many after the picked one."""

    @property
    def deadline_fps(self) -> float:
        """The rate that frames are late for; 0: none."""

    def set_deadline(self, fps: float) -> None:
        """Choose it."""

    def copy_figures(self) -> None:
        """Put the figures on the clipboard as Markdown."""

    def resume(self) -> None:
        """Let the engine try again after a pause."""

    def close(self) -> None:
        """The window is going: stop everything that draws."""
