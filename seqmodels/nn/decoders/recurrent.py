"""A recurrent decoder with attention, none of whose layers waits for another one's previous step."""

from collections.abc import Callable

import torch
from torch import Tensor

from seqmodels.nn.attention import AdditiveAttention, Attended, Attention, Memory, StepwiseAttention
from seqmodels.nn.cells import Cell
from seqmodels.nn.decoders.attentive import AttentiveDecoder, Ran
from seqmodels.nn.decoders.base import DecoderState
from seqmodels.nn.decoders.options import DecoderOptions
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders.recurrent import CellName
from seqmodels.types import Padded, Positive, Probability, State


class RecurrentDecoder(AttentiveDecoder):
    """Recurrent layers with attention after the first one and a deep output.

    For token embeddings e_u, encoder outputs M and layers f_1 ... f_L:

        h¹_u = f_1(e_u, h¹_{u-1}),   c_u = attention(h¹_u, M),   hˡ_u = f_l([hˡ⁻¹_u; c_u], hˡ_{u-1}) for l > 1,
        scores_u = W tanh(V [hᴸ_u; c_u; e_u])

    Attention follows Luong et al. 2015 (the query is the current state), with its result fed to the layers above
    rather than back into the next step. So no layer waits for another one's previous step, and in training each
    runs once over the whole target. The deep output is that of Bahdanau et al. 2015, appendix A.2.2, with tanh for
    their maxout. Residual connections add hˡ⁻¹_u to hˡ_u.

    Args:
        source_size: width of the encoder's outputs and state.
        target_size: number of target ids C.
        embedder: makes the embedder of the target tokens, called with C.
        attention: makes the attention, called with (hidden_size, source_size).
        cell: ``rnn``, ``rnn_relu``, ``lstm``, ``gru`` or ``gru_reset_before``; or makes any cell, called with (input
            width, hidden width).
        hidden_size: width of every layer.
        num_layers: how many layers.
        dropout: share of the numbers set to zero in training, after every layer and before the scores.
        options: first states, other noise, output, scheduled sampling.

    Raises:
        ValueError: the attention needs to know where it looked before; or cell and options contradict each other.

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
        attention: Callable[[int, int], Attention | StepwiseAttention] = AdditiveAttention,
        cell: CellName | Callable[[int, int], Cell] = "lstm",
        hidden_size: Positive = 256,
        num_layers: Positive = 1,
        dropout: Probability = 0.0,
        options: DecoderOptions | None = None,
    ):
        made, widths = attention(hidden_size, source_size), (0, source_size)
        if isinstance(made, StepwiseAttention):
            raise ValueError(
                f"{type(made).__name__} found, which needs to know where it looked before, and this decoder reads all "
                "steps at once: choose InputFeedingDecoder (model/decoder=lstm_looking_back), or another attention"
            )
        settings = options or DecoderOptions()
        super().__init__(
            source_size, target_size, embedder, made, cell, widths, hidden_size, num_layers, dropout, settings
        )

    def fed(self, memory: Memory) -> State:
        return ()

    def run(self, tokens: Padded, state: DecoderState) -> Ran:
        """One step or a whole target: the same code, so the two cannot differ."""
        embedded = self.embedded(tokens)  # (N, U, E)
        hidden, end = self._layer(0, embedded, tokens.lengths, state)  # (N, U, H)
        noised = self.noised(hidden, self.dropout.share)
        context, weights = self._look(noised, state.memory)  # (N, U, H'), (N, U, S)
        ends = [end]
        for i in range(1, len(self.layers)):
            above, end = self._layer(i, torch.cat([noised, context], dim=-1), tokens.lengths, state)  # (N, U, H)
            hidden = above + hidden if self.options.layers.residual else above
            noised = self.noised(hidden, self.dropout.share)
            ends.append(end)
        read = torch.cat([noised, context, embedded], dim=-1)  # (N, U, H + H' + E)
        return Ran(read, DecoderState(state.memory, tuple(ends), weights[:, -1]))

    def _look(self, hidden: Tensor, memory: Memory) -> Attended:
        """Several sequences may be written for one source: their queries go to its memory together."""
        queries = hidden.reshape(len(memory.mask), -1, hidden.shape[-1])  # (B, N / B U, H)
        context, weights = self.attention(queries, memory)
        return Attended(*(part.view(*hidden.shape[:2], part.shape[-1]) for part in (context, weights)))

    def _layer(self, i: int, inputs: Tensor, lengths: Tensor, state: DecoderState) -> tuple[Tensor, State]:
        outputs, end = self.layers[i](Padded(inputs, lengths), state.layers[i])
        return outputs.data, end  # (N, U, H)
