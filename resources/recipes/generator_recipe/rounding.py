"""Rounds a convolution's weights to int8 so that its output, not the weights themselves, comes out right.

Frantar et al., GPTQ: Accurate Post-Training Quantization (ICLR 2023): round one input's weights after the other, and
let the weights still to come make up for each error, as far as the inputs are correlated. With H the mean of x x^T
over inputs x of the layer, the squared error of an output is d^T H d for an error d of its weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST = 127  # -128 stays unused: the range is symmetric
_SHRINK = (1.0, 0.9, 0.8)  # steps finer than the largest weight asks for sometimes pay
_DAMPING = 0.002  # of H's mean diagonal: what no input ever showed shall not blow up

Array = NDArray[np.float64]


def round_weights(weights: Array, gram: Array) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(outputs, inputs) weights and (inputs, inputs) H -> rounded weights and the step of every output."""
    widest = np.maximum(np.abs(weights).max(axis=1), 1e-6) / LARGEST
    rounded, steps, least = np.zeros(weights.shape, np.int8), widest, np.full(len(weights), np.inf)
    for shrink in _SHRINK:
        trial = _round_in_turn(weights, gram, shrink * widest)
        errors = output_errors(trial * (shrink * widest)[:, None] - weights, gram)
        better = errors < least
        rounded[better], least = trial[better], np.minimum(errors, least)
        steps = np.where(better, shrink * widest, steps)
    return rounded, steps.astype(np.float32)


def output_errors(difference: Array, gram: Array) -> Array:
    """Mean squared error of every output if its weights are off by `difference`."""
    errors: Array = np.einsum("oi,ij,oj->o", difference, gram, difference)
    return errors


def _round_in_turn(weights: Array, gram: Array, steps: Array) -> NDArray[np.int8]:
    count = len(gram)
    order = np.argsort(-np.diag(gram))  # the inputs that matter most first, while there is room to make up for them
    remaining, damped = weights[:, order].copy(), gram[np.ix_(order, order)].copy()
    damped[np.diag_indices(count)] += _DAMPING * np.diag(gram).mean()
    carry = np.linalg.cholesky(np.linalg.inv(damped)).T
    rounded = np.empty(weights.shape, np.int8)
    for place in range(count):
        rounded[:, order[place]] = np.clip(np.round(remaining[:, place] / steps), -LARGEST, LARGEST)
        error = (remaining[:, place] - rounded[:, order[place]] * steps) / carry[place, place]
        remaining[:, place:] -= np.outer(error, carry[place, place:])
    return rounded
