"""One function that runs a recurrence, and the rule that chooses how."""

from typing import Literal

import torch
from torch import nn

from seqmodels.nn.recurrence.onednn import run_onednn
from seqmodels.nn.recurrence.packed import run_packed
from seqmodels.nn.recurrence.rows import run_rows
from seqmodels.types import Encoded, Padded, State

Implementation = Literal["auto", "packed", "rows", "onednn"]


def run_recurrence(
    module: nn.RNNBase, inputs: Padded, state: State | None = None, implementation: Implementation = "auto"
) -> Encoded:
    """Run ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` so that padding is never read.

    Args:
        module: with ``batch_first=True``.
        inputs: (B, T, D).
        state: the state to start from, each tensor (L, B, H) with directions joined in H; zeros if not given.
        implementation: ``packed`` (torch's own, and so cuDNN's), ``rows`` (by hand over the real steps alone),
            ``onednn`` (LSTM on a CPU), or the one that ``choose`` takes for this batch. All give the same numbers.

    Returns:
        outputs (B, T, H) and the state at each sequence's own end.

    Raises:
        ValueError: a length is less than 1 or more than T.
    """
    if implementation == "auto":
        implementation = choose(module, inputs)
    if implementation == "onednn":
        assert isinstance(module, nn.LSTM)
        return run_onednn(module, inputs, state)
    return (run_rows if implementation == "rows" else run_packed)(module, inputs, state)


def choose(module: nn.RNNBase, inputs: Padded) -> Implementation:
    """Which implementation is fastest for this batch.

    On a CPU the hand-written rows beat torch's packed recurrences on all batches tried (lengths of sentences and of
    reviews, random and sorted). oneDNN, which runs LSTMs only and pays for padding, beats the rows where enough of a
    batch is real, the share of it growing with the width; the shares below are those of the project's fact sheet,
    measured on two cores with AVX-512. cuDNN and lower precision are left to torch.
    """
    data = inputs.data
    if (
        data.device.type != "cpu"
        or torch.is_autocast_enabled("cpu")
        or data.dtype not in (torch.float32, torch.float64)
    ):
        return "packed"
    if not isinstance(module, nn.LSTM) or data.dtype != torch.float32:
        return "rows"
    full = float(inputs.lengths.sum()) / (data.shape[0] * data.shape[1])
    needed = 0.62 if module.hidden_size <= 128 else 0.75 if module.hidden_size <= 256 else 0.85
    return "onednn" if full >= needed else "rows"
