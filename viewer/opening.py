"""Opening faces and generators: read and checked beside the window, then handed to the engine; the newest wins.

    open_generator(file) -> reader thread: load_model -> GUI thread -> engine thread: load_generator -> opened
                                  \\-> SignatureNeeded -> asked -> a dialog -> open_generator(file, signature)

Neither reading nor compiling holds the window up, and whatever fails is one line and leaves what runs as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpu_core.errors import MienError
from viewer.choices import choices_for
from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.neural.model import GeneratorModel, SignatureNeeded
    from gpu_core.neural.signature import Signature


class Opening(QObject):
    """Changes what the engine runs. Lives on the GUI thread; `face_file` is the face that is shown."""

    asked = Signal(object, object)  # NetworkFacts, Signature guessed: somebody has to say what this generator wants
    generator_opened = Signal(object)  # Path of a generator that the user chose and that runs now
    _done = Signal(object)  # a function to call on the GUI thread

    def __init__(self, model: ViewerModel, thread: EngineThread, face_file: Path | None) -> None:
        super().__init__(model)
        self.face_file = face_file
        self._model, self._thread = model, thread
        self._newest = 0  # of the changes asked for; an older one that is still on its way comes to nothing
        self._readers: list[threading.Thread] = []
        self._done.connect(self._call)

    # -- what can be asked for ---------------------------------------------------------------------------------------
    def open_face(self, path: Path) -> None:
        """Show another face, with the generator that ships for it; the old one stays if that fails."""
        turn = self._take_turn()

        def load(engine: Engine) -> None:
            if turn == self._newest:
                engine.load_face(path)
                self._done.emit(lambda: setattr(self, "face_file", path))

        self._change(load, f"Loading {path.name} …")

    def open_generator(self, path: Path, signature: Signature | None = None, *, remember: bool = False) -> None:
        """Use another generator, meant as `signature` says; with `remember`, write that beside the file."""
        turn = self._take_turn()
        self._model.post(f"Reading {path.name} …")
        self._beside(lambda: self._read(turn, path, signature, remember))

    def find_choices(self, engine: EngineInfo) -> None:
        """Tell the model what could run instead."""
        self._beside(lambda: self._find_choices(engine))

    def close(self) -> None:
        """Wait for files that are still being read; nothing comes of them."""
        self._take_turn()
        for reader in self._readers:
            reader.join()
        self._readers.clear()

    def with_face(self, engine: EngineInfo) -> EngineInfo:
        """The engine's description with the file that its face came from."""
        return replace(engine, face_file=self.face_file)

    def _take_turn(self) -> int:
        self._newest += 1
        return self._newest

    def _change(self, load: Callable[[Engine], None], text: str) -> None:
        if self._thread.isFinished():
            self._model.post("The engine has stopped: start Mien again", "error")
            return
        self._model.post(text)
        self._thread.change(load)

    def _call(self, function: Callable[[], None]) -> None:
        function()

    # -- on a reader's thread ----------------------------------------------------------------------------------------
    def _beside(self, work: Callable[[], None]) -> None:
        self._readers = [reader for reader in self._readers if reader.is_alive()]
        reader = threading.Thread(target=work, name="reader")
        self._readers.append(reader)
        reader.start()

    def _read(self, turn: int, path: Path, signature: Signature | None, remember: bool) -> None:
        from gpu_core.neural.model import SignatureNeeded, load_model

        try:
            model = load_model(path, signature)
            then = partial(self._use, turn, model, remember)
        except SignatureNeeded as needed:
            then = partial(self._ask, needed)
        except MienError as error:
            then = partial(self._model.post, str(error), "error")
        self._done.emit(lambda: then() if turn == self._newest else None)

    def _find_choices(self, engine: EngineInfo) -> None:
        try:
            then = partial(self._model.set_choices, choices_for(engine))
        except MienError as error:
            then = partial(self._model.post, str(error), "error")
        self._done.emit(lambda: then() if self._model.engine is engine else None)

    # -- on the GUI thread again -------------------------------------------------------------------------------------
    def _ask(self, needed: SignatureNeeded) -> None:
        facts = needed.facts
        if needed.guess is not None:
            self._model.post(f"What {facts.path.name} wants is not known yet")
            self.asked.emit(facts, needed.guess)
            return
        told = "; ".join(f"{tensor.name} is {tensor.told}" for tensor in (*facts.inputs, *facts.outputs))
        self._model.post(f"{facts.path.name} takes or makes no pictures that are known here: {told}", "error")

    def _use(self, turn: int, model: GeneratorModel, remember: bool) -> None:
        def load(engine: Engine) -> None:
            if turn == self._newest:
                engine.load_generator(model)
                self._done.emit(lambda: self.generator_opened.emit(model.path))
                if remember:  # by itself: if it fails, the generator stays
                    self._thread.run_job(lambda _engine: remember_signature(model))

        self._change(load, f"Loading {model.path.name} …")


def remember_signature(model: GeneratorModel) -> None:
    """Write the generator's card beside it.

    Raises:
        MienError: that cannot be written there.
    """
    from gpu_core.neural.model import write_card

    write_card(model)
