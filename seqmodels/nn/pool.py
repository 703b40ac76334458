"""A whole sequence as one vector."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Encoded


class Pool(nn.Module, ABC):
    """Makes one vector of what an encoder read; its width is the encoder's output width H."""

    @abstractmethod
    def forward(self, encoded: Encoded) -> Tensor:
        """(B, H) for outputs (B, T, H)."""


class LastState(Pool):
    """The state of the last layer after the last step: h_n, from both ends where the encoder has two directions.

    Example:
        >>> from seqmodels.nn.pool import LastState
        >>> LastState()(encoder(inputs)).shape  # doctest: +SKIP
        torch.Size([32, 512])
    """

    def forward(self, encoded: Encoded) -> Tensor:
        return encoded.state[0][-1]  # (B, H)


class Mean(Pool):
    """The mean over real steps, (1/T) Σ x_t.

    Example:
        >>> from seqmodels.nn.pool import Mean
        >>> Mean()(encoder(inputs)).shape  # doctest: +SKIP
        torch.Size([32, 512])
    """

    def forward(self, encoded: Encoded) -> Tensor:
        outputs = encoded.outputs.zeroed()
        return outputs.data.sum(dim=1) / outputs.lengths[:, None]  # (B, H)


class Max(Pool):
    """The largest value over real steps, number by number.

    Example:
        >>> from seqmodels.nn.pool import Max
        >>> Max()(encoder(inputs)).shape  # doctest: +SKIP
        torch.Size([32, 512])
    """

    def forward(self, encoded: Encoded) -> Tensor:
        outputs, mask = encoded.outputs, encoded.outputs.mask
        return outputs.data.masked_fill(~mask[..., None], float("-inf")).amax(dim=1)  # (B, H)
