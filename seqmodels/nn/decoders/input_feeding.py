"""A recurrent decoder that reads what attention found a step before."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.func import functional_call

from seqmodels.nn.attention import AdditiveAttention, Attention, Looked, Memory, StepwiseAttention
from seqmodels.nn.cells import (
    Cell,
    CoupledLSTMCell,
    GRUCell,
    GRUResetBeforeCell,
    LSTMCell,
    PeepholeLSTMCell,
    ProjectedCell,
    RNNCell,
)
from seqmodels.nn.decoders.attentive import AttentiveDecoder, Ran
from seqmodels.nn.decoders.base import DecoderState
from seqmodels.nn.decoders.options import DecoderOptions
from seqmodels.nn.dropout import dropout as dropped
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders.recurrent import CellName
from seqmodels.nn.linear import linear
from seqmodels.nn.recurrence import Stack
from seqmodels.nn.recurrence.layer import Layer
from seqmodels.types import Padded, Positive, Probability, State

# Whose projection is weight_ih x and a bias: that of [e; c] is one of e, made for all steps at once, and one of c.
AFFINE = (RNNCell, LSTMCell, GRUCell, GRUResetBeforeCell, PeepholeLSTMCell, CoupledLSTMCell)
Step = Callable[[Tensor, State], tuple[Tensor, State]]
FirstStep = Callable[[Tensor, Tensor, State], tuple[Tensor, State]]  # the context between the two


class InputFeedingDecoder(AttentiveDecoder):
    """Recurrent layers whose first one reads the context of the step before (Luong et al. 2015, section 3.3).

    For token embeddings e_u, encoder outputs M and layers f_1 ... f_L, with c_0 = 0:

        h¹_u = f_1([e_u; c_{u-1}], h¹_{u-1}),   hˡ_u = f_l(hˡ⁻¹_u, hˡ_{u-1}) for l > 1,   c_u = attention(hᴸ_u, M),
        scores_u = W tanh(V [hᴸ_u; c_u; e_u])

    So the decoder knows where it looked, and attention may know it too (``StepwiseAttention``); for that every step
    waits for all of the one before, in training as well. What goes back is c as in Bahdanau et al. 2015, not Luong's
    tanh(W [c; h]). Residual connections add hˡ⁻¹_u to hˡ_u.

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
        ValueError: zoneout is asked for, or cell and options contradict each other.

    Example:
        >>> from seqmodels.nn.attention import CoverageAttention
        >>> from seqmodels.nn.decoders import InputFeedingDecoder
        >>> decoder = InputFeedingDecoder(source_size=8, target_size=12, attention=CoverageAttention, cell="gru")
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
        made, widths, settings = attention(hidden_size, source_size), (source_size, 0), options or DecoderOptions()
        if settings.layers.zoneout:
            raise ValueError(f"layers.zoneout={settings.layers.zoneout} found, which RecurrentDecoder alone can do")
        super().__init__(
            source_size, target_size, embedder, made, cell, widths, hidden_size, num_layers, dropout, settings
        )

    def fed(self, memory: Memory) -> State:
        context = memory.values.new_zeros(len(memory.values), memory.values.shape[-1])  # (B, H')
        past = (torch.zeros_like(memory.mask, dtype=context.dtype),)  # (B, S)
        return context, *(past if isinstance(self.attention, StepwiseAttention) else ())

    def run(self, tokens: Padded, state: DecoderState) -> Ran:
        """One step or a whole target; only what waits for no step before is made for all at once."""
        embedded = self.embedded(tokens)  # (N, U, E)
        inputs, first = self._first(embedded)
        steps, masks = [self._step(i) for i in range(1, len(self.layers))], self._masks(embedded)
        states: list[State] = [tuple(part[0] for part in layer) for layer in state.layers]  # each tensor (N, H)
        read, penalties = [], []
        for x in inputs:
            hidden, states[0] = first(x, state.fed[0], states[0])  # (N, H)
            noised = self._noised(hidden, masks, 0)
            for i, step in enumerate(steps, 1):
                above, states[i] = step(noised, states[i])  # (N, H)
                hidden = above + hidden if self.options.layers.residual else above
                noised = self._noised(hidden, masks, i)
            looked = self._look(noised, state)
            state = state._replace(weights=looked.weights, fed=(looked.context, looked.past)[: len(state.fed)])
            read.append(torch.cat([noised, looked.context], dim=-1))  # (N, H + H')
            penalties.append(looked.penalty)
        after = state._replace(layers=tuple(tuple(part[None] for part in layer) for layer in states))
        both = torch.cat([torch.stack(read, dim=1), embedded], dim=-1)  # (N, U, H + H' + E)
        return Ran(both, after, torch.stack(penalties, dim=1))

    def _look(self, hidden: Tensor, state: DecoderState) -> Looked:
        """Of what is read for several sequences of one source, (B, K, ...), the rows (N, ...)."""
        sources = len(state.memory.mask)
        queries = hidden.view(sources, -1, hidden.shape[-1])  # (B, K, H)
        if isinstance(self.attention, StepwiseAttention):
            past = state.fed[1].view(sources, -1, state.memory.mask.shape[1])  # (B, K, S)
            looked = self.attention(queries, state.memory, past)
        else:
            context, weights = self.attention(queries, state.memory)
            looked = Looked(context, weights, weights, weights.new_zeros(weights.shape[:2]))
        return Looked(*(part.flatten(0, 1) for part in looked))

    def _first(self, embedded: Tensor) -> tuple[Sequence[Tensor], FirstStep]:
        """What the first layer reads at each step beside the context, and how it does."""
        cell, step = self._cell(0), self._step(0)
        if type(cell) not in AFFINE or embedded.shape[1] == 1 or self._dropped():
            return embedded.unbind(1), lambda x, context, state: step(torch.cat([x, context], dim=-1), state)
        assert isinstance(cell, ProjectedCell)
        weight = cell.weight_ih
        assert isinstance(weight, Tensor)
        of_token, of_context = weight.split([embedded.shape[-1], weight.shape[1] - embedded.shape[-1]], dim=1)
        bias = cell.project(weight.new_zeros(1, weight.shape[1]))  # (1, K)
        projected = linear(embedded, of_token) + bias  # (N, U, K)
        return projected.unbind(1), lambda x, context, state: cell.step(x + linear(context, of_context), state)

    def _step(self, i: int) -> Step:
        """A step of layer i, with a share of its recurrent weights set to zero for the whole of a target."""
        cell = self._cell(i)
        if not self._dropped():
            return cell
        weights = {n: dropped(w, self._dropped()) for n, w in cell.named_parameters() if n.endswith("weight_hh")}
        return lambda x, state: functional_call(cell, weights, (x, state))

    def _dropped(self) -> float:
        return self.options.layers.weight_drop if self.training else 0.0

    def _cell(self, i: int) -> Cell:
        stack = self.layers[i]
        assert isinstance(stack, Stack)
        layer = stack.layers[0]
        assert isinstance(layer, Layer)
        return layer.ways()[0]

    def _masks(self, embedded: Tensor) -> list[Tensor] | None:
        """What locked dropout multiplies each layer's (N, H) with, at all steps."""
        if not (self.options.layers.locked_dropout and self.training):
            return None
        ones = embedded.new_ones(len(embedded), self.hidden_size)
        return [self.dropout(ones) for _ in self.layers]

    def _noised(self, hidden: Tensor, masks: list[Tensor] | None, i: int) -> Tensor:
        """(N, H) after a layer."""
        noised: Tensor = self.dropout(hidden) if masks is None else hidden * masks[i]
        return noised
