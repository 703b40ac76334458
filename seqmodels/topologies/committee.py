"""Several models that label one input together."""

import math
from collections.abc import Sequence

import torch
from torch import nn

from seqmodels.nn.heads import CategoricalHead
from seqmodels.topologies.answerer import Answerer
from seqmodels.types import Padded


class Committee(Answerer):
    """Models that read the same inputs and label them: p(label) is the mean of theirs.

    Args:
        members: which have learnt, each with a head that scores every label by itself.

    Raises:
        ValueError: one of them has another head.

    Example:
        >>> from seqmodels.topologies import Committee
        >>> Committee([model, another])(inputs).rows()  # doctest: +SKIP
    """

    plain = True  # what members were trained with besides may differ

    def __init__(self, members: Sequence[Answerer]):
        super().__init__()
        for member in members:
            if not isinstance(member.head, CategoricalHead):
                raise ValueError(f"{type(member.head).__name__} found for a head, wanted CategoricalHead")
        self.members = nn.ModuleList(members)
        self.head = members[0].head

    def scores(self, inputs: Padded) -> Padded:
        """The logarithm of the mean of p (B, U, C)."""
        said = []
        for member in self.members:
            assert isinstance(member, Answerer)
            assert isinstance(member.head, CategoricalHead)
            said.append(member.head.log_probabilities(member.scores(inputs)))
        log_p = torch.stack([one.data for one in said]).logsumexp(dim=0) - math.log(len(said))  # (B, U, C)
        return Padded(log_p, said[0].lengths).zeroed()
