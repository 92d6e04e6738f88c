"""The generator's architecture: a small U-Net that works at half resolution and below.

Full-resolution convolutions are what a CPU can afford least. A fixed 2x2 convolution folds each block of four pixels
into channels, everything learned happens at half size and smaller, and the last layer unfolds again. The folded input
joins once more at the end, so that texture detail does not have to pass the bottleneck.

Only convolution, ReLU, addition, concatenation and depth-to-space occur: what every inference engine runs well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

INPUT_CHANNELS, OUTPUT_CHANNELS = 6, 4


@dataclass(frozen=True)
class NetworkSize:
    """Channels and residual blocks per level, from half resolution down, and the width of the last hidden layer.

    `block` is the kind of residual block: plain, depthwise or bottleneck. See the table in resources/models/README.md
    for what each costs and gives.
    """

    channels: tuple[int, ...]
    blocks: tuple[int, ...]
    tail: int
    block: str = "plain"


# swift, chosen by measurement at 512x512 on two threads: doubling the channels at half resolution instead of the deeper
# ones cost a third more time with fewer parameters. fine spends on half resolution what a GPU does not notice.
SIZES = {
    "swift": NetworkSize((16, 48, 64, 80), (1, 1, 2, 1), 16),
    "fine": NetworkSize((32, 64, 96, 144), (2, 2, 2, 3), 32),
}


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around which the input is carried."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(torch.relu(self.first(x)))


class DepthwiseBlock(nn.Module):
    """A 3x3 convolution a channel, then two 1x1 through twice the channels, around which the input is carried."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.first = nn.Conv2d(channels, 2 * channels, 1)
        self.second = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(torch.relu(self.first(self.depthwise(x))))


class BottleneckBlock(nn.Module):
    """1x1 down to half the channels, 3x3, 1x1 up again, around which the input is carried."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels // 2, 1)
        self.middle = nn.Conv2d(channels // 2, channels // 2, 3, padding=1)
        self.second = nn.Conv2d(channels // 2, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(torch.relu(self.middle(torch.relu(self.first(x)))))


BLOCKS: Mapping[str, type[nn.Module]] = {
    "plain": ResidualBlock, "depthwise": DepthwiseBlock, "bottleneck": BottleneckBlock,
}  # fmt: skip


class Generator(nn.Module):
    """(B, 6, H, W) texture RGB and render RGB, 0..1 -> (B, 4, H, W) premultiplied RGB and alpha, about 0..1.

    Height and width are multiples of 16.
    """

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        channels, folded = size.channels, 4 * INPUT_CHANNELS
        self.fold = space_to_depth(INPUT_CHANNELS)
        self.stem = nn.Conv2d(folded, channels[0], 3, padding=1)
        levels = list(zip(channels, size.blocks, strict=True))
        self.encode = nn.ModuleList(blocks(width, count, size.block) for width, count in levels)
        self.decode = nn.ModuleList(blocks(width, count, size.block) for width, count in levels[:-1])
        pairs = list(pairwise(channels))
        self.down = nn.ModuleList(nn.Conv2d(wide, narrow, 4, stride=2, padding=1) for wide, narrow in pairs)
        self.up = nn.ModuleList(nn.Conv2d(narrow, 4 * wide, 1) for wide, narrow in pairs)
        self.tail = nn.Conv2d(channels[0] + folded, size.tail, 3, padding=1)
        self.head = nn.Conv2d(size.tail + folded, 4 * OUTPUT_CHANNELS, 3, padding=1)
        self.unfold = nn.PixelShuffle(2)
        start_from_render_image(self.head, size.tail)

    def forward(self, x: Tensor) -> Tensor:
        folded = self.fold(x)
        h = torch.relu(self.stem(folded))
        skips = []
        for level, down in enumerate(self.down):
            h = self.encode[level](h)
            skips.append(h)
            h = torch.relu(down(h))
        h = self.encode[-1](h)
        for level in reversed(range(len(self.up))):
            h = self.decode[level](torch.relu(self.unfold(self.up[level](h))) + skips[level])
        h = torch.relu(self.tail(torch.cat([h, folded], 1)))
        return self.unfold(self.head(torch.cat([h, folded], 1)))


def blocks(channels: int, count: int, kind: str) -> nn.Sequential:
    """`count` residual blocks in a row."""
    return nn.Sequential(*(BLOCKS[kind](channels) for _ in range(count)))


def space_to_depth(channels: int) -> nn.Conv2d:
    """A frozen 2x2 convolution that moves each block of four pixels into channels, as `PixelUnshuffle` orders them.

    As a convolution it runs on every engine; the operator of that name does not.
    """
    fold = nn.Conv2d(channels, 4 * channels, 2, stride=2, bias=False)
    weight = torch.zeros_like(fold.weight)
    for channel in range(channels):
        for corner in range(4):
            weight[4 * channel + corner, channel, corner // 2, corner % 2] = 1.0
    fold.weight = nn.Parameter(weight, requires_grad=False)
    return fold


def start_from_render_image(head: nn.Conv2d, offset: int) -> None:
    """Initialise the last layer so that an untrained generator repeats the render image: training starts from there."""
    with torch.no_grad():
        head.weight.mul_(0.1)
        assert head.bias is not None
        head.bias.zero_()
        for colour in range(3):
            for corner in range(4):
                head.weight[4 * colour + corner, offset + 4 * (3 + colour) + corner, 1, 1] = 1.0
