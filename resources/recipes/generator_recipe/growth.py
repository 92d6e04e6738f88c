"""Gives a network the weights of another size: a wider and deeper one starts as good as the smaller one was.

Growing changes nothing of what the network computes (after Net2Net, Chen et al. 2016): new channels start with random
weights in and zero weights out to the old ones, new residual blocks add zero. Shrinking keeps what fits and leaves the
loss to training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from generator_recipe.network import INPUT_CHANNELS, Generator, ResidualBlock

_FOLDED = 4 * INPUT_CHANNELS


def inherit(network: Generator, old: Generator) -> None:
    """Copy the weights of `old` into `network`, whatever the sizes of both."""
    with torch.no_grad():
        _inherit(network.stem, old.stem)
        for new_levels, old_levels in ((network.encode, old.encode), (network.decode, old.decode)):
            for new_blocks, old_blocks in zip(new_levels, old_levels, strict=True):
                _inherit_blocks(new_blocks, old_blocks)
        for new_convs, old_convs in ((network.down, old.down), (network.up, old.up)):
            for new_conv, old_conv in zip(new_convs, old_convs, strict=True):
                _inherit(new_conv, old_conv)
        # Both last layers see their own channels first and the folded input after them.
        _inherit(network.tail, old.tail, appended=_FOLDED)
        _inherit(network.head, old.head, appended=_FOLDED)


def _inherit_blocks(blocks: nn.Sequential, old_blocks: nn.Sequential) -> None:
    for index, block in enumerate(blocks):
        assert isinstance(block, ResidualBlock)
        if index < len(old_blocks):
            _inherit(block.first, old_blocks[index].first)
            _inherit(block.second, old_blocks[index].second)
        else:
            _zero(block.second)


def _inherit(conv: nn.Conv2d, old: nn.Conv2d, appended: int = 0) -> None:
    """Copy the weights both have; old outputs see nothing of new inputs. The last `appended` inputs correspond."""
    outputs = min(conv.out_channels, old.out_channels)
    inputs = min(conv.in_channels, old.in_channels) - appended
    conv.weight[:outputs] = 0
    conv.weight[:outputs, :inputs] = old.weight[:outputs, :inputs]
    if appended:
        conv.weight[:outputs, -appended:] = old.weight[:outputs, -appended:]
    assert conv.bias is not None
    assert old.bias is not None
    conv.bias[:outputs] = old.bias[:outputs]


def _zero(conv: nn.Conv2d) -> None:
    tensors: list[Tensor] = [conv.weight]
    if conv.bias is not None:
        tensors.append(conv.bias)
    for tensor in tensors:
        tensor.zero_()
