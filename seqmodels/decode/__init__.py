"""Search for a sequence: plain functions over ``Decoder.start`` and ``Decoder.step``."""

from seqmodels.decode.greedy import greedy

__all__ = ["greedy"]
