"""What cards are published to do, what was measured of Mien's own work, and what is assumed: the numbers of the model.

Every number says where it comes from. "Copies": the vendor's sheet was read in pages that quote it, not at its source.
"""

from __future__ import annotations

from dataclasses import dataclass

from gpu_core.errors import MienError


@dataclass(frozen=True)
class Card:
    """One GPU, by its data sheet. Rates are dense, without sparsity."""

    name: str
    fp16_tflops: float  # matrix units
    int8_tops: float
    fp32_tflops: float  # what shaders run on
    graphics_share: float  # of the multiprocessors, those that run shaders of OpenGL
    bandwidth_gb_s: float
    memory_gb: float
    watts: float  # of the board, at most
    bus_gb_s: float  # PCIe, one direction: lanes x rate x 128/130
    encoders: int  # NVENC engines
    encoder_fps: float  # 1920x1080 H.264 frames a second of one engine, preset P4, ultra low latency
    a_machine: int  # cards that one machine takes: our assumption
    source: str


CARDS = (
    Card(
        "T4", 65, 130, 8.1, 1, 320, 16, 70, 15.75, 1, 400, 4,
        'NVIDIA, "T4 Tensor Core GPU" data sheet, 2018-2019 (copies); one NVENC: Video Codec SDK FAQ; encoder_fps from '
        "memory, to be checked",
    ),
    Card(
        "L4", 121, 242, 30.3, 1, 300, 24, 72, 31.5, 2, 550, 4,
        'NVIDIA, "L4 Tensor Core GPU" data sheet, 2023 (copies; it prints twice the rates, with sparsity); two NVENC: '
        "NVENC application note of Video Codec SDK 12, AD104; encoder_fps from memory, to be checked",
    ),
    Card(
        "H100 SXM", 989, 1979, 67, 2 / 66, 3350, 80, 700, 63, 0, 0, 8,
        'NVIDIA, "H100 Tensor Core GPU" data sheet, 2022-2023 (copies): 7 NVDEC, no NVENC; two of 66 TPCs run '
        'graphics: "NVIDIA Hopper Architecture In-Depth", 2022',
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What one face costs beside the network. Counted or measured here, see docs/capacity.md for the commands."""

    triangles: int = 16_907  # drawn of the shipped face: counted
    fragments: float = 0.69  # shaded, a pixel of the picture: GL_SAMPLES_PASSED on llvmpipe
    fragment_flops: int = 200  # four lights, two colour curves: counted by eye, within a factor of two
    pose_flops: int = 900_000  # 120 000 deltas of positions and normals, three sums and products each, and turning
    pose_bytes: int = 2_900_000  # the deltas that are not zero (1.9 MB), and what is written
    batch_ms: float = 1.7  # of one core, a batch: Python and its calls; python -m tests.emulation.python_cost
    face_ms: float = 0.28  # of one core, a face of the batch: likewise
    encode_ms: float = 0.5  # of one core, a frame of NV12 by x264 superfast, whatever its size
    encode_512_ms: float = 1.8  # of one core, what is added at 512x512, in proportion to the pixels
    push_ms: float = 0.76  # of one core, a frame: packing and sending, 0.2 of it in the process that sends
    sets: int = 4  # pictures kept a face: two batches in flight, two spare


WORK = Work()


@dataclass(frozen=True)
class Assumptions:
    """What nobody has measured; options of the command change the ones that matter most."""

    fps: float = 25.0
    size: int = 512  # pixels of the picture, square
    tensor: int = 0  # pixels of the network's tensors; 0: as its card says
    batch: int = 8
    efficiency: float = 0.30  # of the matrix units' peak, for small convolutions
    bandwidth: float = 0.70  # of the memory's
    drawing: float = 0.10  # of the shader units' peak, for triangles of eleven pixels
    kernel_us: float = 3.0  # that no launch in a graph goes below
    headroom: float = 0.80  # of a second that may be planned with
    encoding: float = 0.50  # of the encoder's rate, for pictures far smaller than it is published for
    context_mb: float = 500.0  # of GPU memory that a process with CUDA, OpenGL and TensorRT takes for itself
    bits_per_pixel: float = 0.2  # of H.264: what `mien stream` takes if nothing else is said, at least 300 kbit/s
    audio_kbps: float = 96.0

    def __post_init__(self) -> None:
        """Refuse what no machine has.

        Raises:
            MienError: the first that is out of range.
        """
        for name, low, high in (
            ("fps", 1, 1000), ("size", 16, 4096), ("batch", 1, 64), ("efficiency", 0.001, 1), ("headroom", 0.01, 1),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise MienError(f"{name} is {getattr(self, name):g}; from {low:g} to {high:g} makes sense")
        if self.tensor and not 16 <= self.tensor <= 4096:
            raise MienError(f"tensor is {self.tensor}; from 16 to 4096 pixels makes sense")
