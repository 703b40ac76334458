"""A recurrent decoder with attention."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from seqmodels.nn.attention import AdditiveAttention, Attended, Attention, Memory
from seqmodels.nn.decoders.base import Decoder, DecoderState
from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders.recurrent import CellName, cell_named
from seqmodels.nn.linear import Linear
from seqmodels.nn.recurrence import Stack
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class RecurrentDecoder(Decoder):
    """Recurrent layers with attention after the first one and a deep output.

    For token embeddings e_u, encoder outputs M and layers f_1 ... f_L:

        h¹_u = f_1(e_u, h¹_{u-1}),   c_u = attention(h¹_u, M),   hˡ_u = f_l([hˡ⁻¹_u; c_u], hˡ_{u-1}) for l > 1,
        scores_u = W tanh(V [hᴸ_u; c_u; e_u])

    Attention follows Luong et al. 2015 (the query is the current state), with its result fed to the layers above
    rather than back into the next step. So no layer waits for another one's previous step, and in training each
    runs once over the whole target. The deep output is that of Bahdanau et al. 2015, appendix A.2.2, with tanh for
    their maxout. The first states are tanh(B s) for the encoder's last-layer state s.

    Args:
        source_size: width of the encoder's outputs and state.
        target_size: number of target ids C.
        embedder: makes the embedder of the target tokens, called with C.
        attention: makes the attention, called with (hidden_size, source_size).
        cell: ``rnn``, ``rnn_relu``, ``lstm``, ``gru`` or ``gru_reset_before``.
        hidden_size: width of every layer.
        num_layers: how many layers.
        dropout: share of the numbers set to zero in training, after every layer and before the scores.

    Example:
        >>> from seqmodels.nn.decoders import RecurrentDecoder
        >>> decoder = RecurrentDecoder(source_size=8, target_size=12, hidden_size=16)
        >>> decoder.scores.out_features
        12
    """

    def __init__(
        self,
        source_size: Positive,
        target_size: Positive,
        embedder: Callable[[int], Embedder] = TokenEmbedder,
        attention: Callable[[int, int], Attention] = AdditiveAttention,
        cell: CellName = "lstm",
        hidden_size: Positive = 256,
        num_layers: Positive = 1,
        dropout: Probability = 0.0,
    ):
        super().__init__()
        self.embedder = embedder(target_size)
        self.attention = attention(hidden_size, source_size)
        widths = [self.embedder.output_size] + [hidden_size + source_size] * (num_layers - 1)
        layers = [Stack(width, [hidden_size], cell_named(cell)) for width in widths]
        self.parts = len(layers[0].shapes[0])  # tensors in a layer's state
        self.layers = nn.ModuleList(layers)
        self.bridge = Linear(source_size, hidden_size * num_layers * self.parts)
        self.deep = Linear(hidden_size + source_size + self.embedder.output_size, hidden_size)
        self.scores = Linear(hidden_size, target_size)
        self.dropout = Dropout(dropout)

    def start(self, source: Encoded) -> DecoderState:
        first = torch.tanh(self.bridge(source.state[0][-1]))  # (B, H * L * parts)
        states = iter(first[None].chunk(len(self.layers) * self.parts, dim=-1))  # each (1, B, H)
        layers = tuple(tuple(next(states).contiguous() for _ in range(self.parts)) for _ in self.layers)
        memory = self.attention.prepare(source.outputs)
        return DecoderState(memory, layers, torch.zeros_like(memory.mask, dtype=first.dtype))

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        scores, state = self._run(tokens[:, None], state)  # (B, 1, C)
        return scores[:, 0], state

    def forward(self, tokens: Tensor, source: Encoded) -> Tensor:
        scores, _ = self._run(tokens, self.start(source))
        return scores  # (B, U, C)

    def _run(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """One step or a whole target: the same code, so the two cannot differ."""
        batch, steps = tokens.shape
        embedded = self.embedder(Padded(tokens, tokens.new_full((batch,), steps))).data  # (B, U, E)
        hidden, first = self._layer(0, embedded, state)  # (B, U, H)
        context, weights = self._look(hidden, state.memory)  # (B, U, H'), (B, U, S)
        after = [first]
        for i in range(1, len(self.layers)):
            hidden, end = self._layer(i, torch.cat([hidden, context], dim=-1), state)  # (B, U, H)
            after.append(end)
        deep = torch.tanh(self.deep(torch.cat([hidden, context, embedded], dim=-1)))  # (B, U, H)
        return self.scores(self.dropout(deep)), DecoderState(state.memory, tuple(after), weights[:, -1])  # (B, U, C)

    def _look(self, hidden: Tensor, memory: Memory) -> Attended:
        """Several sequences may be written for one source: their queries go to its memory together."""
        queries = hidden.reshape(len(memory.mask), -1, hidden.shape[-1])  # (B, N / B U, H)
        context, weights = self.attention(queries, memory)
        return Attended(*(part.view(*hidden.shape[:2], part.shape[-1]) for part in (context, weights)))

    def _layer(self, i: int, inputs: Tensor, state: DecoderState) -> tuple[Tensor, State]:
        batch, steps = inputs.shape[:2]
        lengths = inputs.new_full((batch,), steps, dtype=torch.long)
        hidden, end = self.layers[i](Padded(inputs, lengths), state.layers[i])
        return self.dropout(hidden.data), end  # (B, U, H)
