"""Greedy search."""

import torch

from seqmodels.nn.decoders import Decoder
from seqmodels.types import BOS, EOS, Encoded, Padded, Positive


@torch.no_grad()
def greedy(decoder: Decoder, source: Encoded, max_length: Positive, bos: int = BOS, eos: int = EOS) -> Padded:
    """The most probable token at every step, until each sequence has said ``eos``.

    Args:
        decoder: what writes.
        source: what the encoder read.
        max_length: tokens to write at most; a sequence that has not ended by then is cut there.
        bos: id that stands before the first token.
        eos: id that ends a sequence; it is not part of the result.

    Returns:
        Tokens (B, U), zero past every end; a sequence that ends at once has length 0.

    Example:
        >>> from seqmodels.decode import greedy
        >>> greedy(decoder, encoder(inputs), max_length=12).data.shape  # doctest: +SKIP
        torch.Size([32, 10])
    """
    state = decoder.start(source)
    batch = source.outputs.data.shape[0]
    tokens = source.outputs.lengths.new_full((batch,), bos)  # (B,)
    finished = torch.zeros_like(tokens, dtype=torch.bool)  # (B,)
    lengths = torch.zeros_like(tokens)  # (B,)
    written = []
    for _ in range(max_length):
        scores, state = decoder.step(tokens, state)  # (B, C)
        tokens = scores.argmax(dim=-1)  # (B,)
        finished = finished | (tokens == eos)
        if bool(finished.all()):
            break
        lengths = lengths + (~finished).long()
        written.append(tokens)
    data = torch.stack(written, dim=1) if written else tokens.new_zeros((batch, 0))  # (B, U)
    return Padded(data, lengths).zeroed()
