"""torch's own recurrence over packed sequences: the reference, and what cuDNN runs."""

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqmodels.nn.recurrence.layout import check_lengths
from seqmodels.types import Encoded, Padded, State


def run_packed(module: nn.RNNBase, inputs: Padded, state: State | None = None) -> Encoded:
    """Run a whole ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` (made with ``batch_first=True``)."""
    lengths, steps = inputs.lengths.cpu(), inputs.data.shape[1]
    check_lengths(lengths, steps)
    packed = pack_padded_sequence(inputs.data, lengths, batch_first=True, enforce_sorted=False)
    start = None if state is None else _split(state, module)
    outputs, final = module(packed, start)
    data, _ = pad_packed_sequence(outputs, batch_first=True, total_length=steps)  # (B, T, H)
    return Encoded(Padded(data, inputs.lengths), _join(final, module))


def _split(state: State, module: nn.RNNBase) -> State | object:
    """(L, B, directions * H) to torch's (L * directions, B, H)."""
    directions = 2 if module.bidirectional else 1
    layers = [
        s.unflatten(2, (directions, -1)).transpose(1, 2).flatten(0, 1).contiguous()  # (L * directions, B, H)
        for s in state
    ]
    return tuple(layers) if isinstance(module, nn.LSTM) else layers[0]


def _join(final: object, module: nn.RNNBase) -> State:
    """torch's (L * directions, B, H) to (L, B, directions * H)."""
    directions = 2 if module.bidirectional else 1
    tensors = final if isinstance(final, tuple) else (final,)
    return tuple(t.unflatten(0, (-1, directions)).transpose(1, 2).flatten(2) for t in tensors)
