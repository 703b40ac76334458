"""From what an encoder has read to a decoder's first states."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from seqmodels.nn.linear import Linear
from seqmodels.types import Encoded, Positive, State

Shapes = Sequence[Sequence[tuple[int, ...]]]  # of each layer's state tensors, for one sequence


class Bridge(nn.Module, ABC):
    """Makes the first states of a decoder's layers from any encoder's state.

    The two may differ in cells, widths, layers and directions. Of a state only ``state[0]`` means the same for all
    encoders: what each layer wrote last, ``state[0][-1]`` (B, H) being the last layer's, as wide as the outputs.

    Args:
        shapes: of the states that are wanted, layer by layer, each tensor's for one sequence.
    """

    def __init__(self, shapes: Shapes):
        super().__init__()
        self.shapes = [[tuple(part) for part in layer] for layer in shapes]
        self.sizes = [[math.prod(part) for part in layer] for layer in self.shapes]

    @abstractmethod
    def forward(self, source: Encoded) -> tuple[State, ...]:
        """Each layer's first state, each tensor (1, B, ...)."""

    def parted(self, layer: int, numbers: Tensor) -> State:
        """One layer's state, of all its numbers (B, N) in a row."""
        parts = numbers.split(self.sizes[layer], dim=1)
        shapes = self.shapes[layer]
        return tuple(part.reshape(1, len(part), *shape) for part, shape in zip(parts, shapes, strict=True))


class LastStateBridge(Bridge):
    """tanh(B s + b) for all layers, s the encoder's last-layer state (Bahdanau et al. 2015, appendix A.2.2).

    Args:
        source_size: width of s.
        shapes: of the states that are wanted.

    Example:
        >>> from seqmodels.nn.decoders import LastStateBridge
        >>> LastStateBridge(8, [[(4,), (4,)]]).all.out_features
        8
    """

    def __init__(self, source_size: Positive, shapes: Shapes):
        super().__init__(shapes)
        self.all = Linear(source_size, sum(map(sum, self.sizes)))

    def forward(self, source: Encoded) -> tuple[State, ...]:
        first = torch.tanh(self.all(source.state[0][-1]))  # (B, all numbers of all layers)
        layers = first.split([sum(sizes) for sizes in self.sizes], dim=1)
        return tuple(self.parted(i, numbers) for i, numbers in enumerate(layers))


class LayerwiseBridge(Bridge):
    """tanh(Bˡ sˡ + bˡ), sˡ the state of the encoder's layer at the same height, counted from the last layer down.

    Layers that the encoder lacks read its lowest one. Where an encoder's layers differ in width, ``state[0]`` holds the
    last layer alone, and all read that.

    Args:
        source_size: width of every sˡ.
        shapes: of the states that are wanted.

    Example:
        >>> from seqmodels.nn.decoders import LayerwiseBridge
        >>> len(LayerwiseBridge(8, [[(4,)], [(4,)]]).each)
        2
    """

    def __init__(self, source_size: Positive, shapes: Shapes):
        super().__init__(shapes)
        self.each = nn.ModuleList(Linear(source_size, sum(sizes)) for sizes in self.sizes)

    def forward(self, source: Encoded) -> tuple[State, ...]:
        read = aligned(source.state[0], len(self.shapes))
        return tuple(
            self.parted(i, torch.tanh(layer(s))) for i, (layer, s) in enumerate(zip(self.each, read, strict=True))
        )


class CopyBridge(Bridge):
    """The encoder's states themselves where shapes fit, zeros where they do not (Sutskever et al. 2014).

    The last layer takes the last one's state, and so on down. All tensors of a state are taken over where all have the
    shapes that are wanted, as between two LSTMs; else ``state[0]`` alone, for what the others mean differs by cell.

    Args:
        source_size: width of the encoder's state.
        shapes: of the states that are wanted.

    Raises:
        ValueError: when called, nothing fits.

    Example:
        >>> from seqmodels import Encoded, Padded
        >>> from seqmodels.nn.decoders import CopyBridge
        >>> bridge = CopyBridge(4, [[(4,)], [(4,)]])
        >>> state = torch.ones(1, 2, 4)
        >>> [float(h.sum()) for (h,) in bridge(Encoded(Padded(state[0][:, None], torch.ones(2).long()), (state,)))]
        [0.0, 8.0]
    """

    def __init__(self, source_size: Positive, shapes: Shapes):
        super().__init__(shapes)

    def forward(self, source: Encoded) -> tuple[State, ...]:
        found = [tuple(part.shape[2:]) for part in source.state]
        fits = [
            [layer == found or (i == 0 and part == found[0]) for i, part in enumerate(layer)] for layer in self.shapes
        ]
        if not any(fit for layer in fits for fit in layer):
            raise ValueError(
                f"an encoder's state of {found} numbers found, a decoder's of {self.shapes[-1]} wanted to copy it: "
                "make them equal (both directions of an encoder are one state), or choose another bridge"
            )
        return tuple(tuple(part) for part in self._copied(source.state, fits))

    def _copied(self, state: State, fits: list[list[bool]]) -> Iterator[list[Tensor]]:
        batch = state[0].shape[1]
        for i, layer in enumerate(self.shapes):
            above = len(self.shapes) - 1 - i  # layers
            yield [
                state[part][-1 - above][None]
                if fit and above < len(state[part])
                else state[0].new_zeros(1, batch, *shape)
                for part, (shape, fit) in enumerate(zip(layer, fits[i], strict=True))
            ]


class ZeroBridge(Bridge):
    """Zeros: the decoder learns of the source by attention alone.

    Args:
        source_size: width of the encoder's state.
        shapes: of the states that are wanted.

    Example:
        >>> from seqmodels.nn.decoders import ZeroBridge
        >>> len(list(ZeroBridge(4, [[(4,)]]).parameters()))
        0
    """

    def __init__(self, source_size: Positive, shapes: Shapes):
        super().__init__(shapes)

    def forward(self, source: Encoded) -> tuple[State, ...]:
        batch = source.state[0].shape[1]
        return tuple(tuple(source.state[0].new_zeros(1, batch, *part) for part in layer) for layer in self.shapes)


def aligned(states: Tensor, layers: int) -> list[Tensor]:
    """For each of a decoder's layers the encoder's at the same height under the last one, (B, H) each."""
    return [states[max(0, len(states) - layers + i)] for i in range(layers)]
