"""A word in other pieces every time."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from seqmodels.types import Probability


class BpeDropout:
    """Byte-pair encoding that leaves out merges at random (BPE-dropout, Provilkov et al. 2020, algorithm 1).

    At each step every merge that is possible is left out with probability p; of the others the one that was learnt
    first is done, until none is left. With p = 0 that is byte-pair encoding itself, with p = 1 there are bytes only.

    Args:
        merges: pairs of pieces in the order in which they were learnt.
        share: p.

    Example:
        >>> from random import Random
        >>> from seqmodels.text.bpe_dropout import BpeDropout
        >>> BpeDropout([("l", "o"), ("lo", "w")], share=0.0).pieces("low", Random(0))
        ['low']
    """

    def __init__(self, merges: Sequence[tuple[str, str]], share: Probability):
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.share = share

    def pieces(self, word: str, draw: Random) -> list[str]:
        """The pieces of a word.

        Args:
            word: its bytes, written as letters.
            draw: all that is random.
        """
        pieces = list(word)
        while len(pieces) > 1:
            possible = [
                (rank, place)
                for place, pair in enumerate(pairwise(pieces))
                if (rank := self.ranks.get(pair)) is not None and draw.random() >= self.share
            ]
            if not possible:
                break
            _, place = min(possible)
            pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
        return pieces
