"""Pictures, by a small convolutional network."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder, Restepped
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability, Size


class ImageCnn(Embedder, Restepped):
    """A grid of regions of a picture, each a vector; or one vector of the whole.

        x⁰ = picture,   xˡ = max over 2 × 2 of f(g(xˡ⁻¹)),   f, g = relu(norm(3 × 3 convolution)),   y = W xᴸ + b

    Pairs of convolutions with a maximum behind them are those of Simonyan & Zisserman 2015; ``norm`` takes mean and
    deviation of a filter over all real places of a training batch (Ioffe & Szegedy 2015), and their running means
    otherwise. The regions stand row by row; a picture of H × W pixels has ⌈H / 2ᴸ⌉ × ⌈W / 2ᴸ⌉ of them.

    Args:
        input_size: a size with the width of every colour, as ``seqmodels.images.Pixels`` has it; a plain one is of a
            single colour.
        embedding_size: width D of a vector.
        filters: how many each of the L pairs of convolutions has.
        regions: whether to give the regions; otherwise their mean, as one step.
        dropout: share of the vectors' numbers set to zero in training.

    Raises:
        ValueError: there are no filters, or the colours differ in width.

    Example:
        >>> from seqmodels.nn.embedders import ImageCnn
        >>> rgb = Size(36, parts={"red": Size(12), "green": Size(12), "blue": Size(12)})
        >>> cnn = ImageCnn(rgb, embedding_size=16, filters=[4, 8])
        >>> cnn(Padded(torch.zeros(2, 12, 36), torch.tensor([12, 8]))).lengths, cnn.grid(12)
        (tensor([9, 6]), (3, 3))
    """

    reads_ids = False

    def __init__(
        self,
        input_size: Positive,
        embedding_size: Positive = 128,
        filters: Sequence[Positive] = (32, 64, 128),
        regions: bool = True,
        dropout: Probability = 0.0,
    ):
        parts = input_size.parts if isinstance(input_size, Size) else {}
        widths = [int(width) for width in parts.values()] or [int(input_size)]
        if not filters or len(set(widths)) > 1 or sum(widths) != input_size:
            raise ValueError(
                f"filters={list(filters)} found for colours of widths {widths}, wanted one or more "
                "filters, and pictures: set fields.inputs._target_=seqmodels.images.Pixels"
            )
        super().__init__(embedding_size)
        self.colours, self.width = len(widths), widths[0]
        layers = [self.colours, *filters]
        self.blocks = nn.ModuleList(_Block(below, above) for below, above in pairwise(layers))
        self.linear = Linear(filters[-1], embedding_size)
        self.regions = regions
        self.dropout = Dropout(dropout)

    def grid(self, height: int) -> tuple[int, int]:
        """How many rows and columns of regions a picture of that height has."""
        scale = 2 ** len(self.blocks)
        return -(-height // scale), -(-self.width // scale)

    def steps(self, lengths: Tensor) -> Tensor:
        if not self.regions:
            return torch.ones_like(lengths)
        scale = 2 ** len(self.blocks)
        return -(-lengths // scale) * self.grid(1)[1]

    def forward(self, inputs: Padded) -> Padded:
        rows = inputs.zeroed().data.to(self.linear.weight.dtype)  # (B, T, C · W)
        x = rows.unflatten(2, (self.colours, self.width)).transpose(1, 2)  # (B, C, T, W)
        lengths = inputs.lengths
        for block in self.blocks:
            x, lengths = block(x, lengths)
        vectors = x.permute(0, 2, 3, 1)  # (B, T', W', F)
        places = lengths * vectors.shape[2]
        if not self.regions:
            mean = vectors.sum(dim=(1, 2)) / places[:, None]  # (B, F)
            vectors, places = mean[:, None, None], torch.ones_like(places)
        return Padded(self.dropout(self.linear(vectors.flatten(1, 2))), places).zeroed()  # (B, S, D)


class _Block(nn.Module):
    """Two convolutions, then the maximum of 2 × 2 places."""

    def __init__(self, below: int, above: int):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(c, above, 3, padding=1, bias=False) for c in (below, above))
        self.norms = nn.ModuleList(_MaskedBatchNorm(above) for _ in range(2))
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # He et al. 2015

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        real = torch.arange(x.shape[2], device=x.device) < lengths[:, None]  # (B, T)
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = norm(layer(x), real).relu()  # (B, F, T, W), zero below a picture's last row as it is beside it
        return F.max_pool2d(x, 2, ceil_mode=True), (lengths + 1) // 2


class _MaskedBatchNorm(nn.Module):
    """Batch normalisation over the real rows of pictures, zero on the others."""

    def __init__(self, filters: int):
        super().__init__()
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        if not self.training or bool(real.all()):
            return self.norm(x) * real[:, None, :, None]
        rows = x.transpose(1, 2)[real]  # (N, F, W)
        made = self.norm(rows[:, :, None])[:, :, 0]  # (N, F, W)
        return torch.zeros_like(x).transpose(1, 2).masked_scatter(real[..., None, None], made).transpose(1, 2)
