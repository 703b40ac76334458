"""Recurrent cells over one another, in one direction or both."""

from collections.abc import Callable, Sequence
from typing import get_args

import torch
from torch import Tensor, nn

from seqmodels.nn.cells import Cell
from seqmodels.nn.dropout import dropout
from seqmodels.nn.linear import Linear
from seqmodels.nn.recurrence.choose import Implementation, Rule, allowed, choose
from seqmodels.nn.recurrence.dtype import compute_dtype
from seqmodels.nn.recurrence.layer import Form, Layer, form_of
from seqmodels.nn.recurrence.names import name_as_torch
from seqmodels.nn.recurrence.options import StackOptions
from seqmodels.nn.recurrence.states import check_state, join_state, split_state, state_shapes
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class Stack(nn.Module):
    """Layers of recurrent cells, each reading what the one below wrote.

    For layer l, both directions joined: xˡ = cellsˡ(dropout(xˡ⁻¹)), plus xˡ⁻¹ where residual, and dropout after the
    last one. In ``state_dict`` the weights bear the names that ``torch.nn.LSTM`` and its like give to theirs
    (``weight_ih_l0``, ``weight_hh_l0_reverse``), so that those of an RNN, LSTM or GRU load both ways.

    The state is a tuple of tensors (L, B, H), directions joined in H. Where layers differ in width it is one of
    tensors (1, B, H), the last layer's first; with a projection the projected h (1, B, P) stands before all others.
    In each case ``state[0][-1]`` is what the last layer wrote last, as wide as the outputs.

    Args:
        input_size: width D of the inputs.
        hidden_sizes: width of one direction, layer by layer.
        cell: makes a cell, called with (input width, hidden width).
        bidirectional: read from both ends.
        dropout: share of the numbers set to zero in training, before every layer and after the last one; or a list of
            such shares, before each layer and after the last one.
        implementation: ``auto`` takes for each batch what ``choose`` says.
        options: what else it can do.

    Raises:
        ValueError: no layer; what is made is no Cell; cells that lack what an option needs.

    Example:
        >>> from seqmodels.nn.cells import LSTMCell
        >>> from seqmodels.nn.recurrence import Stack
        >>> stack = Stack(8, [16, 16], LSTMCell, bidirectional=True)
    """

    def __init__(
        self,
        input_size: Positive,
        hidden_sizes: Sequence[Positive],
        cell: Callable[[int, int], Cell],
        bidirectional: bool = False,
        dropout: Probability | list[Probability] = 0.0,
        implementation: Implementation = "auto",
        options: StackOptions | None = None,
    ):
        super().__init__()
        if not hidden_sizes:
            raise ValueError("hidden_sizes=[] found, wanted a width for each layer")
        if not callable(cell):
            raise ValueError(
                f"cell={cell!r} found, wanted what makes a cell when called with (input width, hidden width)"
            )
        self.options = options or StackOptions()
        self.hidden_sizes = list(hidden_sizes)
        self.directions = 2 if bidirectional else 1
        spots = len(hidden_sizes) + 1
        self.dropout = dropout
        self.shares = list(dropout) if isinstance(dropout, Sequence) else [dropout] * spots
        if len(self.shares) != spots:
            raise ValueError(f"dropout={dropout} found, wanted {spots} shares: before each layer and after the last")
        if (first := self.options.input_dropout) is not None:
            if isinstance(dropout, Sequence):
                raise ValueError(f"dropout={dropout} and input_dropout={first} found: say it once, input_dropout=null")
            self.shares[0] = first
        self.implementation = implementation
        widths = [size * self.directions for size in self.hidden_sizes]
        self.layers = nn.ModuleList(
            Layer([cell(read, size) for _ in range(self.directions)])
            for read, size in zip([input_size, *widths], self.hidden_sizes, strict=False)
        )
        zeros = [_first_state(layer.ways()[0]) for layer in self._layers()]
        self.shapes = [[tuple(part.shape[1:]) for part in zero] for zero in zeros]  # of one direction and sequence
        self.starts = nn.ParameterList(
            nn.Parameter(torch.zeros(self.directions, *part.shape[1:]))
            for zero in zeros
            for part in (zero if self.options.learn_state else ())
        )
        self.output_size = self.options.projection or widths[-1]
        self.projection = Linear(widths[-1], self.output_size) if self.options.projection else None
        self._check()
        if self.options.init is not None:
            for each in self._cells():
                self.options.init.apply(each)
        name_as_torch(self)

    def _check(self) -> None:
        options = self.options
        if self.implementation not in get_args(Implementation):
            names = ", ".join(get_args(Implementation))
            raise ValueError(f"implementation={self.implementation!r} is not known; choose one of: {names}")
        for share in self.shares:
            if not 0 <= share < 1:
                raise ValueError(f"dropout={share} found, wanted at least 0 and less than 1")
        if options.residual and len(set(self.hidden_sizes)) > 1:
            raise ValueError(f"residual: {self.hidden_sizes} found, layers of one width wanted; leave residual out")
        if options.zoneout and self.implementation not in ("auto", "loop"):
            raise ValueError(f"implementation={self.implementation!r} cannot do zoneout; use auto")
        for cell in self._cells():
            if not allowed(cell, self.implementation):
                raise ValueError(f"implementation={self.implementation!r} cannot run {type(cell).__name__}; use auto")
        if options.weight_drop and not all(layer.recurrent_weights() for layer in self._layers()):
            raise ValueError(f"weight_drop: {type(self._cells()[0]).__name__} has no weight_hh; leave it out")

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        """Outputs (B, T, H) and the state at each sequence's own end.

        Args:
            inputs: (B, T, D); what stands past the ends is not read.
            state: the state to start from, as another call returned it.

        Raises:
            ValueError: a length is less than 1 or more than T, or the state is not one of this stack and batch.
        """
        implementation = self.implementation
        if implementation == "auto":
            implementation = self.rule(inputs.data.device.type, compute_dtype(inputs.data)).of(inputs)
        form = form_of(inputs, implementation)
        starts = self._starts(state, inputs)
        data = form.enter(inputs.data)
        ends = []
        for i, layer in enumerate(self._layers()):
            noisy = self._noise(data, form, self.shares[i])
            run = (noisy, [form.sort(way) for way in starts[i]], form, implementation)
            if self.options.weight_drop and self.training:
                outputs, end = layer.dropped(self.options.weight_drop, *run, self.options.zoneout)
            else:
                outputs, end = layer(*run, self.options.zoneout)
            data = outputs + data if self.options.residual and i else outputs
            ends.append([form.unsort(way) for way in end])
        data = self._noise(data, form, self.shares[-1])
        final = join_state(ends, self.shapes)
        if self.projection is not None:
            data, final = self.projection(data), (self.projection(final[0][-1:]), *final)
        return Encoded(Padded(form.leave(data), inputs.lengths), final)

    def rule(self, device: str, dtype: torch.dtype) -> Rule:
        """Which implementation runs on a type of device, in the dtype of its products."""
        if self.implementation != "auto":
            return Rule(self.implementation, "as configured")
        return choose(self._cells()[0], device, dtype, self.options.zoneout)

    def _layers(self) -> list[Layer]:
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def _cells(self) -> list[Cell]:
        return [cell for layer in self._layers() for cell in layer.ways()]

    def _noise(self, data: Tensor, form: Form, share: float) -> Tensor:
        if not (share and self.training):
            return data
        if not self.options.locked_dropout:
            return dropout(data, share)
        noise = dropout(data.new_ones(form.shape[0], data.shape[-1]), share)  # (B, D)
        return data * form.spread(noise)

    def _starts(self, state: State | None, inputs: Padded) -> list[list[State]]:
        """For each layer and direction the first state, each tensor (B, H)."""
        batch = len(inputs.lengths)
        if state is not None:
            wanted = state_shapes(self.shapes, self.directions, batch)
            projected = [] if self.projection is None else [(1, batch, self.output_size)]
            check_state(state, projected + wanted)
            return split_state(state[len(projected) :], self.shapes, self.directions)
        if not self.options.learn_state:
            return [[cell.zero_state(batch, inputs.data) for cell in layer.ways()] for layer in self._layers()]
        learnt = iter(self.starts)
        layers = [[next(learnt) for _ in layer] for layer in self.shapes]  # each (directions, H)
        return [
            [tuple(part[way].expand(batch, *part[way].shape) for part in layer) for way in range(self.directions)]
            for layer in layers
        ]


def _first_state(cell: Cell) -> State:
    """A cell's first state for one sequence.

    Raises:
        ValueError: it is no tuple of tensors of that many rows.
    """
    state = cell.zero_state(1, torch.zeros(1))
    if not isinstance(state, tuple) or not state or any(part.dim() < 2 or len(part) != 1 for part in state):
        shown = [tuple(part.shape) for part in state] if isinstance(state, tuple) else type(state).__name__
        raise ValueError(f"{type(cell).__name__}.zero_state(1, ...): {shown} found, wanted a tuple of tensors (1, H)")
    return state
