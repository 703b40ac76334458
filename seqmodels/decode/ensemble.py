"""Several models that write one sequence."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.decode.draft import Draft, Next


class EnsembleDraft(Draft):
    """What models write together: p(token) is the mean of theirs.

    Args:
        drafts: of each model, for the same sources and of the same sequences.

    Example:
        >>> from seqmodels.decode import EnsembleDraft, ReadOnDraft
        >>> def read(tokens, state):
        ...     return state[0][0], state
        >>> drafts = [ReadOnDraft(read, (torch.tensor([[p]]).log(),)) for p in ([0.9, 0.1], [0.7, 0.3])]
        >>> EnsembleDraft(drafts).step(torch.tensor([5])).scores.exp()
        tensor([[0.8000, 0.2000]])
    """

    def __init__(self, drafts: Sequence[Draft]):
        self.drafts = list(drafts)

    @property
    def weights(self) -> Tensor:
        """The mean of theirs; of the first one alone where their sources have not the same steps."""
        weights = [draft.weights for draft in self.drafts]  # M x (N, S)
        return weights[0] if len({part.shape for part in weights}) > 1 else torch.stack(weights).mean(dim=0)

    def step(self, tokens: Tensor) -> Next:
        return together([draft.step(tokens) for draft in self.drafts])

    def rows(self, chosen: Tensor) -> Draft:
        return EnsembleDraft([draft.rows(chosen) for draft in self.drafts])

    def sources(self, chosen: Tensor) -> Draft:
        return EnsembleDraft([draft.sources(chosen) for draft in self.drafts])


def together(said: Sequence[Next]) -> Next:
    """What models say of the next token, taken together.

    Args:
        said: of each model, for the same sequences and the same tokens.
    """
    log_p = torch.stack([one.scores.log_softmax(dim=-1) for one in said])  # (M, N, C)
    return Next(log_p.logsumexp(dim=0) - math.log(len(said)), EnsembleDraft([one.draft for one in said]))
