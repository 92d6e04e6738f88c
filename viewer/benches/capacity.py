"""How many faces a card should hold, and what a thousand streams need: arithmetic over counts, sheets and assumptions.

A roofline a layer: the time of a layer is that of its multiplications at a share of the matrix units' peak, or that of
its bytes at a share of the memory's bandwidth, whichever is longer, and never less than a launch takes. Times of stages
are added up as if nothing overlapped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

from viewer.benches.capacity_cards import WORK, Assumptions, Card
from viewer.benches.capacity_network import NetworkCost

BYTES = {"fp16": 2, "int8": 1}
_FULL_HD = 1920 * 1080
_LEAST_KBPS = 300
_CORE_W, _MACHINE_W = 8.0, 150.0  # a busy core; the rest of a machine: assumptions
CORES = 64  # of one machine, likewise
SENSITIVITY = (0.15, 0.30, 0.50)


@dataclass(frozen=True)
class FrameTime:
    """Milliseconds of the GPU for one face's frame, its share of a batch."""

    infer: float
    pixels: float
    draw: float

    @property
    def total(self) -> float:
        """One stage after the other."""
        return self.infer + self.pixels + self.draw


@dataclass(frozen=True)
class Capacity:
    """What one card holds: faces by each limit, the smallest of which counts. None: that limit is not there."""

    card: Card
    precision: str
    time: FrameTime
    gpu: int
    memory: int
    memory_workers: int  # a process a face
    encoder: int | None
    bus: int

    @property
    def faces(self) -> int:
        """That all limits of the card allow, in one or a few processes."""
        return min(limit for limit in (self.gpu, self.memory, self.encoder, self.bus) if limit is not None)

    @property
    def limited_by(self) -> str:
        """Which limit is the smallest."""
        limits = {"GPU time": self.gpu, "memory": self.memory, "encoder": self.encoder, "PCIe": self.bus}
        return min((limit, name) for name, limit in limits.items() if limit is not None)[1]


@dataclass(frozen=True)
class Fleet:
    """What many streams need."""

    streams: int
    cards: int
    machines: int
    cores: float  # of processors, in all, a few processes a card
    cores_workers: float  # a process a face
    gbit_s: float  # going out
    kilowatts: float
    gb_an_hour: float  # if all is recorded as it is sent


def frame_time(card: Card, cost: NetworkCost, precision: str, said: Assumptions, side: int) -> FrameTime:
    """The GPU's time for one face; `side` is the tensors'."""
    bandwidth = card.bandwidth_gb_s * said.bandwidth * 1e6  # bytes a millisecond
    launch = said.kernel_us / 1000
    infer = sum(_layer_ms(card, layer_costs, said, bandwidth) for layer_costs in _layers(cost, precision))
    pixels = [pack_bytes(said.size, side), unpack_bytes(said.size, side)]
    moved = sum(max(one / bandwidth, launch / said.batch) for one in pixels)
    nv12 = max(nv12_bytes(said.size) / bandwidth, launch)  # each face's own
    return FrameTime(infer, moved + nv12, draw_ms(card, said))


def _layers(cost: NetworkCost, precision: str) -> list[tuple[int, int, float, float, int]]:
    """Of each layer: multiplications by 8-bit and by 16-bit units, bytes of pictures, bytes of weights, launches."""
    found = []
    for layer in cost.layers:
        narrow = precision == "int8" and layer.quantised
        width = BYTES["int8" if narrow else "fp16"]
        eight, sixteen = (layer.macs, 0) if narrow else (0, layer.macs)
        bytes_ = width * (layer.read + layer.written)
        found.append((eight, sixteen, float(bytes_), float(width * layer.weights), layer.kernels))
    return found


def _layer_ms(card: Card, costs: tuple[int, int, float, float, int], said: Assumptions, bandwidth: float) -> float:
    eight, sixteen, pictures, weights, kernels = costs
    computing = 2 * (eight / card.int8_tops + sixteen / card.fp16_tflops) / said.efficiency / 1e9
    moving = (pictures + weights / said.batch) / bandwidth
    return max(computing, moving, kernels * said.kernel_us / 1000 / said.batch)


def pack_bytes(size: int, side: int) -> int:
    """Two RGBA pictures read, six FP16 planes written: as gpu_core/cuda/KERNELS.md counts."""
    return 2 * 4 * size**2 + 6 * 2 * side**2


def unpack_bytes(size: int, side: int) -> int:
    """Four FP16 planes read, one RGBA picture written."""
    return 4 * size**2 + 4 * 2 * side**2


def nv12_bytes(size: int) -> int:
    """One RGBA picture read, one of twelve bits a pixel written."""
    return 4 * size**2 + size**2 * 3 // 2


def draw_ms(card: Card, said: Assumptions) -> float:
    """Posing and both images: shaders' arithmetic, or the bytes that they touch. Rough: within a factor of three."""
    pixels = WORK.fragments * said.size**2
    flops = WORK.pose_flops + WORK.fragment_flops * pixels
    computing = flops / (card.fp32_tflops * card.graphics_share * said.drawing) / 1e9
    bytes_ = WORK.pose_bytes + 12 * said.size**2 + 16 * pixels  # cleared; two colours, depth and a texel a fragment
    return max(computing, bytes_ / (card.bandwidth_gb_s * said.bandwidth) / 1e6)


def face_mb(cost: NetworkCost, said: Assumptions, side: int) -> float:
    """GPU memory of one face of a batch: pictures and depth of every set, tensors and activations of two batches."""
    pictures = WORK.sets * said.size**2 * 16
    tensors = 2 * BYTES["fp16"] * (10 * side**2 + cost.most_alive)
    return (pictures + tensors + nv12_bytes(said.size)) / 1e6


def capacity(card: Card, cost: NetworkCost, precision: str, said: Assumptions, side: int) -> Capacity:
    """Faces of a card by each limit. Pictures leave it as NV12, as `NeuralPath.film` copies them."""
    time = frame_time(card, cost, precision, said, side)
    budget_ms = 1000 * said.headroom / said.fps
    memory, face = card.memory_gb * 1000 * 0.9, face_mb(cost, said, side)
    crossing = said.size**2 * 3 / 2  # NV12 down, and up again for an encoder on the card: each way has its own wires
    encoded = card.encoders * card.encoder_fps * _FULL_HD * said.encoding / (said.size**2 * said.fps)
    return Capacity(
        card, precision, time,
        gpu=floor(budget_ms / time.total),
        memory=floor((memory - said.context_mb) / face),
        memory_workers=floor(memory / (said.context_mb + face)),
        encoder=floor(encoded) if card.encoders else None,
        bus=floor(card.bus_gb_s * 1e9 * said.bandwidth / (crossing * said.fps)),
    )  # fmt: skip


def cores_a_face(card: Card, said: Assumptions, *, workers: bool) -> float:
    """Of the processor, for one face: calling, sending, and encoding where the card cannot."""
    encode = 0.0 if card.encoders else WORK.encode_ms + WORK.encode_512_ms * (said.size / 512) ** 2
    share = 1 if workers else said.batch
    return (WORK.batch_ms / share + WORK.face_ms + WORK.push_ms + encode) * said.fps / 1000


def faces_a_process(said: Assumptions) -> int:
    """That one Python process submits and sends, one thread of it at a time."""
    return floor(1000 * said.headroom / said.fps / (WORK.batch_ms / said.batch + WORK.face_ms + WORK.push_ms))


def stream_kbps(said: Assumptions) -> float:
    """What one stream sends."""
    return max(_LEAST_KBPS, said.bits_per_pixel * said.size**2 * said.fps / 1000) + said.audio_kbps


def fleet(holds: Capacity, said: Assumptions, streams: int) -> Fleet:
    """What so many streams need of one kind of card; None of it is spare.

    Raises:
        ValueError: the card holds no face.
    """
    if holds.faces < 1:
        raise ValueError(f"a {holds.card.name} holds no face")
    cards, kbps = ceil(streams / holds.faces), stream_kbps(said)
    cores = streams * cores_a_face(holds.card, said, workers=False) / said.headroom
    machines = max(ceil(cards / holds.card.a_machine), ceil(cores / CORES))
    return Fleet(
        streams, cards, machines, cores,
        cores_workers=streams * cores_a_face(holds.card, said, workers=True) / said.headroom,
        gbit_s=streams * kbps / 1e6,
        kilowatts=(cards * holds.card.watts + machines * _MACHINE_W + cores * _CORE_W) / 1000,
        gb_an_hour=streams * kbps * 3600 / 8e6,
    )  # fmt: skip


def by_efficiency(card: Card, cost: NetworkCost, precision: str, said: Assumptions, side: int) -> dict[float, int]:
    """Faces that the GPU's time allows, for other shares of the peak."""
    shares = [replace(said, efficiency=share) for share in SENSITIVITY]
    return {one.efficiency: capacity(card, cost, precision, one, side).gpu for one in shares}
