"""Where the sequences of a search came from."""

from torch import Tensor


class Trail:
    """For every step, which sequence of the step before each one goes on, and how much of its source was read then.

    A beam moves its sequences about; what belongs to one is put together from this at the end, and not moved along.

    Example:
        >>> import torch
        >>> from seqmodels.decode.trail import Trail
        >>> trail = Trail()
        >>> trail.add(torch.tensor([0, 0]), torch.tensor([[0.25, 0.75]]))
        >>> trail.weights(torch.tensor([1]), torch.tensor([1]))
        tensor([[[0.2500, 0.7500]]])
    """

    def __init__(self) -> None:
        self.parents: list[Tensor] = []
        self.looked: list[Tensor] = []

    def add(self, parents: Tensor, looked: Tensor) -> None:
        """A step, with rows (N,) of the step before and the weights (N', S) of these."""
        self.parents.append(parents)
        self.looked.append(looked)

    def choose(self, rows: Tensor) -> None:
        """Only these rows (N',) of the last step are left."""
        self.parents[-1] = self.parents[-1][rows]

    def weights(self, lengths: Tensor, rows: Tensor) -> Tensor:
        """The weights (F, U, S) of sequences of F lengths that were in these rows of their last step."""
        longest = int(lengths.max()) if len(lengths) else 0
        width = self.looked[0].shape[1]
        found = self.looked[0].new_zeros(len(lengths), longest, width)
        if not width:
            return found
        for step in range(longest - 1, -1, -1):
            there = (lengths > step).nonzero()[:, 0]
            rows = rows.index_put((there,), self.parents[step][rows[there]])  # those of the step before
            found[there, step] = self.looked[step][rows[there]]
        return found
