"""Pictures moved, turned and coloured otherwise, so that a model learns more than their pixels."""

import math
from collections.abc import Sequence
from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.data.augment.base import Augmentation
from seqmodels.errors import InputError
from seqmodels.types import NonNegativeFloat, Probability, Size


class PictureJitter(Augmentation):
    """A picture shifted, turned, made larger or smaller, mirrored, and its brightness, contrast and colours changed.

        x'(p) = e^c x(A p + s) + b + b_colour

    A turns by up to ``turn`` degrees and scales by up to ``zoom``, s shifts by up to ``shift`` pixels to each side,
    all uniformly; between pixels x is linear, and outside as at the nearest edge. c and b are normal. Of joint inputs
    the last is the picture; the others stay as they are.

    Args:
        shift: pixels.
        turn: degrees.
        zoom: share.
        flip: how often a picture is mirrored left to right.
        brightness, contrast, colour: deviations of b, c and of each colour's own b, in units of the inputs.

    Raises:
        ValueError: the scale could vanish, or a number is below 0.

    Example:
        >>> from seqmodels.data.augment import PictureJitter
        >>> augment = PictureJitter(shift=1, turn=5); augment.fit([], Size(4, parts={"grey": Size(4)}))
        >>> augment.change(torch.rand(3, 4), Random(0)).shape
        torch.Size([3, 4])
    """

    def __init__(
        self,
        shift: NonNegativeFloat = 2.0,
        turn: NonNegativeFloat = 5.0,
        zoom: Probability = 0.0,
        flip: Probability = 0.0,
        brightness: NonNegativeFloat = 0.0,
        contrast: NonNegativeFloat = 0.0,
        colour: NonNegativeFloat = 0.0,
    ):
        found = {"shift": shift, "turn": turn, "brightness": brightness, "contrast": contrast, "colour": colour}
        wrong = [f"{name}={value}" for name, value in found.items() if not 0 <= value < math.inf]
        wrong += [f"{name}={value}" for name, value in (("zoom", zoom), ("flip", flip)) if not 0 <= value <= 0.99]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} found, wanted at least 0, and zoom and flip below 1")
        self.shift, self.turn, self.zoom, self.flip = shift, turn, zoom, flip
        self.brightness, self.contrast, self.colour = brightness, contrast, colour
        self.first, self.colours, self.width = 0, 1, 1

    def fit(self, inputs: Sequence[Tensor], size: int) -> None:
        """Find out where the picture stands."""
        parts = size.parts if isinstance(size, Size) else {}
        last = list(parts.values())[-1] if parts else None
        colours = last.parts if last is not None and last.parts else parts
        self.first = len(parts) - 1 if colours is not parts else 0
        widths = [int(width) for width in colours.values()]
        if not widths or len(set(widths)) > 1 or any(not item.is_floating_point() for item in inputs):
            raise InputError(
                "augment: PictureJitter found with inputs that are no pictures, wanted seqmodels.images.Pixels; "
                "set augment=none"
            )
        self.colours, self.width = len(widths), widths[0]

    def change(self, item: Tensor, draw: Random) -> Tensor:
        columns = self.colours * self.width
        x = item[self.first :, :columns].unflatten(1, (self.colours, self.width)).transpose(0, 1)  # (C, H, W)
        grid = F.affine_grid(self._places(x, draw), [1, *x.shape], align_corners=False)
        x = F.grid_sample(x[None], grid, padding_mode="border", align_corners=False)[0]
        x = x * math.exp(draw.gauss(0, self.contrast)) + draw.gauss(0, self.brightness)
        x = x + torch.tensor([draw.gauss(0, self.colour) for _ in range(self.colours)])[:, None, None]
        changed = item.clone()
        changed[self.first :, :columns] = x.transpose(0, 1).flatten(1)
        return changed

    def _places(self, x: Tensor, draw: Random) -> Tensor:
        """(1, 2, 3), where each place of the new picture is read: A and s in halves of the sides."""
        _, high, wide = x.shape
        angle = math.radians(draw.uniform(-self.turn, self.turn))
        scale = 1 + draw.uniform(-self.zoom, self.zoom)
        across, down = (2 * draw.uniform(-self.shift, self.shift) / side for side in (wide, high))
        mirrored = -1.0 if draw.random() < self.flip else 1.0
        cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
        return torch.tensor([[[mirrored * cos, -sin * high / wide, across], [mirrored * sin * wide / high, cos, down]]])
