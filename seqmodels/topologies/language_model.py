"""Many-to-many, same length, read on and on: the next token at every step."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import Head
from seqmodels.topologies.base import Evaluated, Topology
from seqmodels.types import Batch, Padded, Sizes, State


class LanguageModel(Topology):
    """Reads a text and writes at each step what comes next (truncated backpropagation through time).

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H), from where the batch before ended → head (B, T, C)

    Which row of a batch goes on from which one of the batch before, the batch says itself (``Batch.continues``); the
    state is carried over as it is, and gradients end there. Others begin with zeros.

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        head: makes the head, called with (the encoder's width, sizes.targets).
        sizes: the same ids on both sides.
        metrics: by name.
        learning: optimiser and schedule.

    Raises:
        ValueError: the encoder sees the future.

    Example:
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> model = LanguageModel(TokenEmbedder, RecurrentEncoder, CategoricalHead, Sizes(inputs=100, targets=100))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        head: Callable[[int, int], Head],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.head = head(self.encoder.output_size, sizes.targets)
        self.read: State | None = None  # what validation and test take along from batch to batch
        if self.encoder.sees_future:
            raise ValueError(
                "this encoder reads from both ends, so it sees the token that it should predict: "
                "set model.encoder.bidirectional=false"
            )

    def forward(self, inputs: Padded) -> Padded:
        features = self.encoder(self.embedder(inputs)).outputs
        return self.head.predict(self.head(features))  # (B, T)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        outputs, end = self._outputs(batch, self.carried)
        self.carried = tuple(part.detach() for part in end)
        return self.head.loss(self.head(_in_a_row(outputs)), _in_a_row(batch.targets))

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return batch.targets.lengths.sum()

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        outputs, self.read = self._outputs(batch, self.read)
        steps = self.steps(batch)
        if not steps:  # read for the state that it leaves behind
            return Evaluated(outputs.data.new_zeros(()), steps, batch.targets)
        scores = self.head(_in_a_row(outputs))
        said = torch.zeros_like(batch.targets.data)  # (B, T)
        said[batch.targets.mask] = self.head.predict(scores).data[0]
        loss = self.head.loss(scores, _in_a_row(batch.targets))
        return Evaluated(loss, steps, Padded(said, batch.targets.lengths))

    def _outputs(self, batch: Batch, state: State | None) -> tuple[Padded, State]:
        return self.encoder(self.embedder(batch.inputs), _carried_over(state, batch.continues))


def _carried_over(state: State | None, rows: Tensor | None) -> State | None:
    """The first state of each row: what the row left behind that it goes on from, else zeros."""
    if state is None or rows is None:
        return None
    fresh = rows < 0  # (B,)
    return tuple(
        part.index_select(1, rows.clamp(min=0)).masked_fill(fresh.view(1, -1, *[1] * (part.dim() - 2)), 0)
        for part in state
    )


def _in_a_row(padded: Padded) -> Padded:
    """All real steps as one sequence, so that nothing is computed for the others."""
    full = int(padded.lengths.min()) == padded.data.shape[1]
    rows = padded.data.flatten(0, 1) if full else padded.data[padded.mask]  # (N, ...)
    return Padded(rows[None], padded.lengths.new_tensor([len(rows)]))
