"""The artist's desk: state and panels for making faces and takes; the second composition root, beside the cockpit.

Every tool is a state object (`TimelineModel`, ...), a panel that shows it, and a line here that wires them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QWidget

from viewer.closing import close_all
from viewer.compare.model import CompareModel
from viewer.compare.pair_measuring import PairMeter
from viewer.compare.rivals import CompareRivals
from viewer.compare.stage import CompareStage
from viewer.edit_history import EditHistory
from viewer.engine_thread import EngineThread
from viewer.filming.filming_choice import sessions_folder
from viewer.hand_layer import HandLayer
from viewer.handles.surface_source import SurfaceSource
from viewer.handles.tool import HandleTool
from viewer.idle_overlay import IdleOverlay
from viewer.live.capture_model import CaptureModel
from viewer.live.capture_takes import CaptureTakes
from viewer.live.vmc_output import VmcOutput
from viewer.look.model import LookModel
from viewer.look.orbit_tool import OrbitTool
from viewer.panels.capture import CapturePanel
from viewer.panels.compare import ComparePanel
from viewer.panels.expressions import ExpressionsPanel
from viewer.panels.head import HeadPanel
from viewer.panels.history import HistoryPanel
from viewer.panels.look import LookPanel
from viewer.panels.presets import PresetsPanel
from viewer.panels.speech import SpeechPanel
from viewer.panels.timeline import TimelinePanel
from viewer.picture_stage import PictureStage
from viewer.playable import Playable
from viewer.playback import PlaybackClock
from viewer.shelf.pictures import PresetPictures
from viewer.shelf.shelf import PresetShelf
from viewer.sliders.rules import SliderRules
from viewer.sound.performance_sound import PerformanceSound
from viewer.sound.sound import SoundPlayer
from viewer.sound.sound_device import MiniaudioDevice
from viewer.stills.stills import Stills
from viewer.streaming.room import StreamRoom
from viewer.takes.autosave import Autosave, data_folder
from viewer.takes.key_recording import KeyRecording
from viewer.takes.take_files import TakeFiles
from viewer.takes.video_rendering import VideoRendering
from viewer.timeline.model import TimelineModel
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools
from viewer.timeline.transport import TimelineTransport
from viewer.viewer_model import ViewerModel
from viewer.voice.speech_model import SpeechModel

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea,
)  # fmt: skip
Panels = dict[str, tuple[QWidget, Qt.DockWidgetArea]]


class ArtistDesk(QObject):
    """Lives on the GUI thread. `memory` is what the user's windows remember, None for none."""

    _sound_said = Signal(str)  # from the sound's threads

    def __init__(
        self,
        model: ViewerModel,
        engine_thread: EngineThread,
        viewport: PictureStage,
        playable: Playable,
        memory: QSettings | None = None,
        *,
        clock: PlaybackClock,
    ) -> None:
        super().__init__(model)
        self._model, self._engine_thread, self._viewport = model, engine_thread, viewport
        self._playable, self._memory = playable, memory
        self.timeline = TimelineModel(self)
        self.history = EditHistory(model, self.timeline)
        playable.timeline = lambda: self.timeline.timeline
        self.transport = TimelineTransport(model, self.timeline, clock)
        self.keys = KeyRecording(model, self.timeline, clock, self.transport)
        self.sheet = TimelineSheet(model, self.timeline, self.transport)
        self.tools = TimelineTools(model, self.timeline, self.sheet)
        self.rules = SliderRules(model, memory)
        self.takes = TakeFiles(model, self.timeline, playable, memory)
        self.rendering = VideoRendering(model, self.takes)
        self.autosave: Autosave | None = None
        self.hand = HandLayer(model, clock)
        self.idle = IdleOverlay(model, memory)
        self.speech = SpeechModel(model, playable)
        self.sound = SoundPlayer(MiniaudioDevice, self._sound_said.emit)
        self._sound_said.connect(model.post)
        clock.sounding = self.sounding = PerformanceSound(self.sound)
        self.capture = CaptureModel(model, ask=engine_thread.request)
        self.captured_takes = CaptureTakes(model, self.capture, self.takes, sessions_folder)
        self.vmc = VmcOutput(model, self.capture.hears)
        self.capture.changed.connect(self.vmc.check)
        self.shelf = PresetShelf(parent=self)
        self._preset_pictures = PresetPictures(model, engine_thread, self.shelf.beside)
        self.compare = CompareModel(model)
        self._meter = PairMeter(self.compare.measured_beside.emit)
        self.compare_stage = CompareStage(model, self.compare, viewport, self._meter)
        engine_thread.others_ready.connect(self.compare_stage.add_others)
        CompareRivals(self.compare, engine_thread)
        source = SurfaceSource(model, engine_thread)
        self.handles = HandleTool(model, viewport, source, locked=lambda: self.rules.hand.locked)
        viewport.mouse.tools.append(self.handles)
        viewport.mouse.wheel_tools.append(self.handles)
        self.look = LookModel(model, memory)
        self._use_look()
        self.stills = Stills(model, self.look, engine_thread)
        self.streaming = StreamRoom(model, self.takes, playable, memory)
        self.speech.spoken.connect(self.streaming.offer)

    def open(self) -> None:
        """The window is shown: bring back what was being worked on last time."""
        if self._memory is not None:
            self.autosave = Autosave(self._model, self.timeline, self.takes, self._memory, data_folder())
            self.autosave.restore()

    def _use_look(self) -> None:
        """The camera comes first where a key is held, and last where nobody wants a drag."""
        mouse, orbits = self._viewport.mouse, OrbitTool(self.look, insists=False)
        mouse.tools.insert(0, OrbitTool(self.look, insists=True))
        mouse.tools.append(orbits)
        mouse.wheel_tools.append(orbits)
        self.look.background_changed.connect(self._viewport.set_backdrop)
        self._viewport.set_backdrop(self.look.backdrop)

    def panels(self) -> Panels:
        """By the titles of their docks, and where these are at first."""
        self.presets = PresetsPanel(self._model, self.shelf, self._preset_pictures)
        return {
            "Expressions": (ExpressionsPanel(self._model, self.rules), LEFT),
            "Head and gaze": (HeadPanel(self._model, self.rules), LEFT),
            "Presets": (self.presets, RIGHT),
            "Speech": (SpeechPanel(self.speech, self.idle, self.hand), RIGHT),
            "History": (HistoryPanel(self.history.stack), LEFT),
            "Capture": (CapturePanel(self.capture, self.vmc), BOTTOM),
            "Compare": (ComparePanel(self._model, self.compare), RIGHT),
            "Look": (LookPanel(self._model, self.look), RIGHT),
            "Timeline": (self._timeline_panel(), BOTTOM),
            "Streams": (self.streaming.panel(), BOTTOM),
        }

    def _timeline_panel(self) -> TimelinePanel:
        return TimelinePanel(self._model, self.timeline, self.sheet, self.tools, self.transport, self.keys)

    def close(self) -> None:
        """Stop everything that works beside the window. May be called twice."""
        close_all(
            self.streaming.close, self.capture.close, self.vmc.stop, self._meter.close, self.shelf.close,
            self.idle.close, self.speech.close, self.sound.close,
        )  # fmt: skip
        if self.autosave is not None:
            close_all(self.autosave.close)
        close_all(self.takes.close, self.history.close, self.look.close, self.stills.close)
