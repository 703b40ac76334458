"""Many-to-many, same length, read on and on: the next token at every step."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torchmetrics import Metric

from seqmodels.decode import Next, read_on
from seqmodels.learning import Learning
from seqmodels.nn.activity import ActivityPenalty
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import CategoricalHead, Head, StepHead, nats
from seqmodels.nn.recurrence import Stack
from seqmodels.topologies.base import Topology
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.types import Batch, Padded, Sizes, State


class LanguageModel(Topology):
    """Reads a text and writes at each step what comes next (truncated backpropagation through time).

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H), from where the batch before ended → head (B, T, C)

    Which row of a batch goes on from which one of the batch before, the batch says itself (``Batch.continues``); the
    state is carried over as it is, and gradients end there. Others begin with zeros.

    Logged besides the loss, in nats a token: ``perplexity``, e to the loss; and, where it was said how many characters
    a token of the split has (``tokens_per_character``), ``bits_per_character``.

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        head: makes the head, called with (the encoder's width, sizes.targets).
        sizes: the same ids on both sides.
        metrics: by name.
        learning: optimiser and schedule.
        tied: the head's matrix is the embedder's table (Inan et al. 2017; Press & Wolf 2017), which then begins uniform
            in ±0.1 unless it has a deviation.
        activity: dropout of the encoder's outputs and penalties on them, in training.

    Raises:
        ValueError: the encoder or the head sees the future, or the encoder cannot read on or learns its first state;
            what is to be tied does not fit, or has frozen vectors.

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
        tied: bool = False,
        activity: ActivityPenalty | None = None,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.head = head(self.encoder.output_size, sizes.targets)
        self.activity = activity
        self.read: State | None = None  # what validation and test take along from batch to batch
        self.tokens_per_character: dict[str, float] = {}  # by split
        self.of_loss = self._of_loss
        self.apart = self._apart if activity else None
        self._check(sizes)
        if tied:
            if isinstance(self.embedder, TokenEmbedder):  # others are refused
                self.embedder.begin_tied()
            _tie(self)
            # Loading may have put two tensors in the one's place.
            self.register_load_state_dict_post_hook(_tie)

    def _check(self, sizes: Sizes) -> None:
        if self.encoder.sees_future or not self.encoder.reads_on:
            sees, kind = "sees later steps, so the token that it should predict", type(self.encoder).__name__
            raise ValueError(
                f"encoder: {kind} found, which {sees if self.encoder.sees_future else 'cannot read on'}: "
                "choose one that reads from the left, such as model/encoder=lstm"
            )
        if self.head.sees_future:
            raise ValueError(
                f"head: {type(self.head).__name__} found, whose score of a token depends on later ones: "
                "choose one that answers each step by itself, such as model/head=categorical"
            )
        if any(isinstance(part, Stack) and part.options.learn_state for part in self.encoder.modules()):
            raise ValueError("learn_state=true found, but texts that are read on begin with zeros; leave it out")
        if sizes.inputs != sizes.targets:
            raise ValueError(f"{sizes.inputs} input ids and {sizes.targets} targets found, wanted the same; set fields")

    def _tied(self) -> tuple[nn.Embedding, nn.Linear]:
        """The embedder's table and the head's matrix."""
        if not isinstance(self.embedder, TokenEmbedder) or not isinstance(self.head, CategoricalHead):
            names = f"{type(self.embedder).__name__} and {type(self.head).__name__}"
            raise ValueError(f"tied=true: {names} found, wanted model/embedder=tokens and model/head=categorical")
        if self.embedder.frozen:
            raise ValueError(
                "tied=true: frozen=true found, so the head's matrix would learn and the vectors not; drop one"
            )
        wide, table = self.encoder.output_size, self.embedder.table
        if wide != table.embedding_dim:
            raise ValueError(
                f"tied=true: embeddings of {table.embedding_dim} found, but the encoder writes {wide} numbers a step: "
                f"set model.encoder.options.projection={table.embedding_dim} or model.embedder.embedding_size={wide}"
            )
        return table, self.head.scores

    def forward(self, inputs: Padded) -> Padded:
        features = self.encoder(self.embedder(inputs)).outputs
        return self.head.predict(self.head(features))  # (B, T)

    def begin(self, prompts: Padded) -> Next:
        """What the model says of the token behind prompts (B, T); a ValueError if the head gives no probabilities."""
        return read_on(self._next, prompts)

    def _next(self, given: Padded, state: State | None) -> tuple[Tensor, State]:
        head = self.head
        if not isinstance(head, StepHead):
            raise ValueError(f"{type(head).__name__} gives no probabilities to write by; use a head that does")
        outputs, state = self.encoder(self.embedder(given), state)
        ones = torch.ones_like(given.lengths)
        last = outputs.data[torch.arange(len(ones), device=ones.device), given.lengths - 1]  # (B, H)
        return head.log_probabilities(head(Padded(last[:, None], ones))).data[:, 0], state  # (B, C)

    def loss(self, batch: Batch) -> Tensor:
        loss, penalty = self._apart(batch)
        return loss + penalty

    def _apart(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss of a batch, and the penalty on what the encoder wrote."""
        assert batch.targets is not None
        outputs, end = self._outputs(batch, self.carried)
        self.carried = tuple(part.detach() for part in end)
        outputs, penalty = self.activity(outputs) if self.activity else (outputs, outputs.data.new_zeros(()))
        return self.head.loss(self.head(_in_a_row(outputs)), _in_a_row(batch.targets)), penalty

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return batch.targets.lengths.sum()

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        outputs, end = self._outputs(batch, self.read)
        self.read = tuple(part.detach() for part in end)
        steps = self.steps(batch)
        if not steps:  # read for the state that it leaves behind
            return Evaluated(outputs.data.new_zeros(()), steps, batch.targets)
        scores = self.head(_in_a_row(outputs))
        said = torch.zeros_like(batch.targets.data)  # (B, T)
        said[batch.targets.mask] = self.head.predict(scores).data[0]
        return Evaluated(nats(self.head, scores, _in_a_row(batch.targets)), steps, Padded(said, batch.targets.lengths))

    def _of_loss(self, split: str, loss: Tensor) -> dict[str, Tensor]:
        known = self.tokens_per_character.get(split)
        bits = {} if known is None else {"bits_per_character": loss * known / math.log(2)}
        return {"perplexity": loss.exp(), **bits}

    def _outputs(self, batch: Batch, state: State | None) -> tuple[Padded, State]:
        return self.encoder(self.embedder(batch.inputs), _carried_over(state, batch.continues))


def _tie(model: nn.Module, loaded: Any = None) -> None:
    """Let both parts of the model have one tensor."""
    assert isinstance(model, LanguageModel)
    table, scores = model._tied()
    scores.weight = table.weight


def _carried_over(state: State | None, rows: Tensor | None) -> State | None:
    """The first state of each row: what the row left behind that it goes on from, else zeros."""
    if state is None or rows is None:
        return None
    fresh = rows < 0  # (B,)
    return tuple(  # what a checkpoint held lies on the CPU
        part.to(rows.device)
        .index_select(1, rows.clamp(min=0))
        .masked_fill(fresh.view(1, -1, *[1] * (part.dim() - 2)), 0)
        for part in state
    )


def _in_a_row(padded: Padded) -> Padded:
    """All real steps as one sequence, so that nothing is computed for the others."""
    full = int(padded.lengths.min()) == padded.data.shape[1]
    rows = padded.data.flatten(0, 1) if full else padded.data[padded.mask]  # (N, ...)
    return Padded(rows[None], padded.lengths.new_tensor([len(rows)]))
