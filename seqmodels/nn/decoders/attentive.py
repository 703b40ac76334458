"""What recurrent decoders with attention have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from seqmodels.nn.attention import Attention, Memory, StepwiseAttention
from seqmodels.nn.cells import Cell
from seqmodels.nn.decoders.base import Decoder, DecoderState
from seqmodels.nn.decoders.options import DecoderOptions
from seqmodels.nn.decoders.scores import Scores
from seqmodels.nn.dropout import Dropout, dropout
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders.recurrent import CellName, cell_named
from seqmodels.nn.linear import Linear
from seqmodels.nn.recurrence import Stack
from seqmodels.types import Encoded, Padded, State


class Ran(NamedTuple):
    """What steps of a decoder made.

    Args:
        read: (N, U, H + H' + E), what the scores are made of: h, c and e.
        state: after the last step.
        penalty: (N, U), what attention adds to the training loss; None for nothing.
    """

    read: Tensor
    state: DecoderState
    penalty: Tensor | None = None


class AttentiveDecoder(Decoder, ABC):
    """Embeds tokens, runs layers with attention, and scores [h; c; e], which ``run`` says how to make.

    Args:
        source_size: width of the encoder's outputs and state.
        target_size: number of target ids C.
        embedder: makes the embedder of the target tokens, called with C.
        attention: the attention itself.
        cell: a name, or what makes a cell when called with (input width, hidden width).
        widths: beside the embeddings or the layer below, what the first layer reads, and what each of the others does.
        hidden_size: width of every layer.
        num_layers: how many layers.
        noise: share of the numbers set to zero in training, after every layer and before the scores.
        options: everything else.

    Raises:
        ValueError: what is to be tied does not fit, or has frozen vectors.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        embedder: Callable[[int], Embedder],
        attention: Attention | StepwiseAttention,
        cell: CellName | Callable[[int, int], Cell],
        widths: tuple[int, int],
        hidden_size: int,
        num_layers: int,
        noise: float,
        options: DecoderOptions,
    ):
        super().__init__()
        self.options = options
        self.embedder = embedder(target_size)
        self.attention, self.hidden_size = attention, hidden_size
        made = cell_named(cell) if isinstance(cell, str) else cell
        plain = replace(options.layers, residual=False, locked_dropout=False)  # both are done here
        reads = [self.embedder.output_size + widths[0]] + [hidden_size + widths[1]] * (num_layers - 1)
        layers = [Stack(read, [hidden_size], made, options=plain) for read in reads]
        self.layers = nn.ModuleList(layers)
        self.bridge = options.bridge(source_size, [layer.shapes[0] for layer in layers])
        self.reads = hidden_size + source_size  # of these the scores are, and if deep of the embedding too
        width = hidden_size if options.tied == "none" else self.embedder.output_size
        wide = self.reads + self.embedder.output_size if options.deep else self.reads
        self.deep = Linear(wide, width) if options.deep or options.tied != "none" else None
        self.scores = options.scores(width if self.deep else wide, target_size)
        self.dropout = Dropout(noise)
        if options.tied != "none":
            if isinstance(self.embedder, TokenEmbedder):  # others are refused
                self.embedder.begin_tied()
            _tie(self)
            self.register_load_state_dict_post_hook(_tie)  # loading may have put two tensors in the one's place

    @abstractmethod
    def run(self, tokens: Padded, state: DecoderState) -> Ran:
        """Read tokens (N, U) one after the other, from a state on."""

    @property
    def table(self) -> nn.Embedding:
        """The embeddings of the target tokens, for what is tied to them.

        Raises:
            ValueError: there is no such table, or not one to be learnt.
        """
        tied = f"tied={self.options.tied}"
        if not isinstance(self.embedder, TokenEmbedder):
            raise ValueError(f"{tied}: {type(self.embedder).__name__} found, wanted model/embedder=tokens there")
        if self.embedder.frozen:
            raise ValueError(f"{tied}: frozen=true found, so the scores would learn and the vectors not; drop one")
        return self.embedder.table

    @abstractmethod
    def fed(self, memory: Memory) -> State:
        """What else than the layers' states goes from one step to the next, before the first, each tensor (B, ...)."""

    def start(self, source: Encoded) -> DecoderState:
        layers = self.bridge(source)
        memory = self.attention.prepare(source.outputs)
        unread = torch.zeros_like(memory.mask, dtype=layers[0][0].dtype)  # (B, S)
        return DecoderState(memory, layers, unread, self.fed(memory))

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        ran = self.run(Padded(tokens[:, None], torch.ones_like(tokens)), state)
        return self._scored(ran.read[:, 0]), ran.state  # (N, C)

    def forward(self, tokens: Tensor, source: Encoded) -> Tensor:
        steps = tokens.new_full((len(tokens),), tokens.shape[1])
        return self._scored(self.run(Padded(tokens, steps), self.start(source)).read)  # (B, U, C)

    def loss(
        self, inputs: Padded, outputs: Padded, source: Encoded, label_smoothing: float = 0.0, step: int = 0
    ) -> Tensor:
        """The mean of -log p(output | source, the inputs so far) over all real steps; nothing is scored for others.

        Args:
            inputs: (B, U).
            outputs: (B, U), with the same lengths.
            source: what is read from.
            label_smoothing: share of an output's probability spread over all ids.
            step: of the training, for scheduled sampling.
        """
        if self.training and self.options.sampling is not None:
            inputs = self._sampled(inputs, source, self.options.sampling.hidden(inputs, step))
        ran = self.run(inputs, self.start(source))
        real = outputs.mask.flatten().nonzero().squeeze(1)  # (M,)
        rows = ran.read.flatten(0, 1).index_select(0, real)  # (M, H + H' + E)
        loss = self.scores.loss(self._features(rows), outputs.data.flatten()[real], label_smoothing)
        if self.training and ran.penalty is not None:
            loss = loss + ran.penalty.flatten()[real].mean()
        return loss

    def embedded(self, tokens: Padded) -> Tensor:
        """(N, U, E), the embeddings of tokens (N, U)."""
        return self.noised(self.embedder(tokens).data, self.options.embedding_dropout)

    def noised(self, x: Tensor, share: float) -> Tensor:
        """(N, U, H) with a share of the numbers zero in training; the same at every step if dropout is locked."""
        if not (share and self.training):
            return x
        if not self.options.layers.locked_dropout:
            return dropout(x, share)
        return x * dropout(x.new_ones(len(x), 1, x.shape[-1]), share)

    @torch.no_grad()
    def _sampled(self, inputs: Padded, source: Encoded, hidden: Tensor) -> Padded:
        """The inputs, and at the hidden steps what is most probable behind those before it."""
        steps = hidden[:, 1:]  # (B, U - 1); what is to be read at u + 1 is said at u
        if not bool(steps.any()):
            return inputs
        read = self.run(inputs, self.start(source)).read[:, :-1][steps]  # (M, H + H' + E)
        said = self._scored(read).argmax(dim=-1)  # (M,)
        return Padded(inputs.data.masked_scatter(hidden, said), inputs.lengths)

    def _scored(self, read: Tensor) -> Tensor:
        scores: Tensor = self.scores(self._features(read))
        return scores  # (..., C)

    def _features(self, read: Tensor) -> Tensor:
        """(..., F) of [h; c; e]."""
        if self.options.deep:
            assert self.deep is not None
            return self.dropout(torch.tanh(self.deep(read)))
        features = read[..., : self.reads]
        if self.deep is not None:
            return self.dropout(self.deep(features))
        hidden, context = features.tensor_split([self.hidden_size], dim=-1)  # h has had its noise
        return torch.cat([hidden, self.dropout(context)], dim=-1)


def _tie(decoder: nn.Module, loaded: Any = None) -> None:
    """Let both parts of the decoder have one tensor."""
    assert isinstance(decoder, AttentiveDecoder)
    assert isinstance(decoder.scores, Scores)
    table = decoder.table.weight
    assert isinstance(table, nn.Parameter)
    decoder.scores.tie(table)
