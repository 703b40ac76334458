"""The training loss between two rows of the log."""

from collections.abc import Callable

import torch
from torch import Tensor


class RunningLoss:
    """The mean loss over the target steps since it was last asked for.

    Kept on the device, so that nothing waits for it. What was added counts once its optimiser step is made.

    Example:
        >>> running = RunningLoss()
        >>> running.add(torch.tensor(1.0), torch.tensor(3)); running.add(torch.tensor(2.0), torch.tensor(1))
        >>> running.count(); running.mean(lambda sums: sums)
        tensor(1.2500)
    """

    def __init__(self) -> None:
        self.window: list[Tensor] = []  # of the optimiser step that is under way
        self.sums: Tensor | None = None  # (2,): of loss · steps, of steps

    def add(self, loss: Tensor, steps: Tensor) -> None:
        """A batch with its mean loss over that many target steps."""
        self.window.append(torch.stack((loss.detach().float() * steps, steps.float())))  # (2,)

    def pending(self) -> Tensor:
        """The mean loss of the step that is under way, a scalar."""
        total = torch.stack(self.window).sum(dim=0)  # (2,)
        return total[0] / total[1]

    def count(self) -> None:
        """The step was made."""
        for part in self.window:
            self.sums = part if self.sums is None else self.sums + part
        self.window.clear()

    def drop(self) -> None:
        """The step was not made."""
        self.window.clear()

    def mean(self, summed: Callable[[Tensor], Tensor]) -> Tensor | None:
        """The mean since the last call, a scalar; None if no step was made.

        Args:
            summed: adds up (2,) over all processes.
        """
        if self.sums is None:
            return None
        total, self.sums = summed(self.sums), None
        return total[0] / total[1]
