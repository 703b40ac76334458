"""How large gradients are, and what is said when one is no number."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter

SHOWN = 3  # of the largest gradients


class NonFinite(RuntimeError):
    """A loss or a gradient became infinite or no number; the weights are as they were before that step.

    Args:
        step: the optimiser step that was not made.
        loss: of its batches.
        largest: names and norms of its largest gradients.

    Example:
        >>> str(NonFinite(3, float("nan"), [("head.scores.bias", float("inf"))]))
        'step 3: loss nan, largest gradient norms: head.scores.bias inf'
    """

    def __init__(self, step: int, loss: float, largest: list[tuple[str, float]]):
        self.step = step
        self.loss = loss
        self.largest = largest
        norms = ", ".join(f"{name} {norm:.3g}" for name, norm in largest)
        super().__init__(f"step {step}: loss {loss:.6g}, largest gradient norms: {norms}")


def gradient_norm(parameters: Iterable[Parameter]) -> Tensor:
    """The Euclidean norm over all gradients together, a scalar."""
    return torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])


def largest_gradients(named: Iterable[tuple[str, Parameter]]) -> list[tuple[str, float]]:
    """Names and norms of the largest gradients, those that are no numbers first."""
    norms = [(name, float(p.grad.norm())) for name, p in named if p.grad is not None]
    return sorted(norms, key=lambda entry: (entry[1] == entry[1], -entry[1]))[:SHOWN]
