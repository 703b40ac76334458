"""Pictures as rows of numbers."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.images.picture import Picture, read_picture, resized
from seqmodels.text.scale import Scale, ScaledField, loaded_scale
from seqmodels.types import Positive, Size, check_choice

Colours = Literal["colour", "grey"]
NAMES = {"colour": ("red", "green", "blue"), "grey": ("grey",)}
GREY = torch.tensor([0.299, 0.587, 0.114])  # ITU-R BT.601's luma
LARGEST = 2**24  # numbers of a picture


class Pixels(ScaledField):
    """A picture as a sequence of its rows, each colour to mean 0 and deviation 1 in the training split.

    A step is a row of pixels: all its reds, then its greens, then its blues. So pictures are padded as any sequences
    are, whatever reads sequences can read them row by row, and ``ImageCnn`` puts them together again. The size has the
    width of every colour by its name.

    Args:
        height, width: of every picture, in pixels.
        colours: ``colour`` or ``grey``.
        resize: whether pictures of other sizes are made smaller or larger, their sides stretched each by itself;
            ``resized`` counts them. Otherwise such a picture is a fault.

    Raises:
        ValueError: nobody has the memory for such pictures.

    Example:
        >>> from seqmodels.images import Picture, Pixels
        >>> field, picture = Pixels(4, 6), Picture(torch.randint(256, (4, 6, 3), dtype=torch.uint8))
        >>> field.fit([picture]); field.encode(picture).shape, field.size.parts
        (torch.Size([4, 18]), {'red': 6, 'green': 6, 'blue': 6})
    """

    def __init__(self, height: Positive, width: Positive, colours: Colours = "colour", resize: bool = False):
        check_choice("colours", colours, Colours)
        if height * width * 3 > LARGEST:
            raise ValueError(f"height={height}, width={width} found, wanted smaller pictures")
        self.height, self.width = height, width
        self.names = NAMES[colours]
        self.resize = resize
        self.resized = 0  # pictures that were of another size

    @property
    def size(self) -> Size:
        return Size(self.width * len(self.names), parts={name: Size(self.width) for name in self.names})

    def expected_size(self) -> Size:
        return self.size

    def fit(self, items: Iterable[str | Picture]) -> None:
        count, total, squares = 0, torch.zeros(len(self.names)).double(), torch.zeros(len(self.names)).double()
        for item in items:
            try:
                colours = self.pixels(item).double()  # (H, W, C)
            except InputError:
                continue  # told where it is encoded, with its place
            count, total = count + 1, total + colours.mean(dim=(0, 1))
            squares = squares + (colours**2).mean(dim=(0, 1))
        if not count:
            raise InputError("no picture found to take mean and deviation of, wanted at least one")
        mean = total / count  # (C,)
        self._scale = Scale(mean, (squares / count - mean**2).clamp(min=0).sqrt().clamp(min=1.0))
        self.resized = 0

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        self._scale = loaded_scale(learnt, "numbers, one a colour", len(self.names))

    def split(self, item: str | Picture) -> list[str]:
        return []  # nobody reads pixels

    def encode(self, item: str | Picture) -> Tensor:
        """(H, C · W) float32 rows of a picture, or of the picture file of that name.

        Raises:
            InputError: the file cannot be read, or the picture has another size and is not to be resized.
        """
        return self.scale.scaled(self.pixels(item)).transpose(1, 2).flatten(1)

    def decode(self, ids: Sequence[Any]) -> str:
        """How large it was: rows of numbers are not turned back."""
        return f"a picture of {self.width} × {len(ids)} pixels"

    def pixels(self, item: str | Picture) -> Tensor:
        """(H, W, C) from 0 to 255, before mean and deviation are taken off."""
        if not isinstance(item, str | Path | Picture):
            raise InputError(f"{type(item).__name__} found, wanted a picture or its file; choose another field")
        picture = item if isinstance(item, Picture) else read_picture(item)
        high, wide, colours = picture.pixels.shape
        if (high, wide) != (self.height, self.width):
            if not self.resize:
                raise InputError(
                    f"{wide} × {high} pixels found, wanted {self.width} × {self.height}; "
                    "bring it to that size, or train with resize=true in this field"
                )
            self.resized += 1
            picture = resized(picture, self.height, self.width)
        values = picture.pixels.float()  # (H, W, C)
        if colours == len(self.names):
            return values
        return values.expand(-1, -1, 3) if colours == 1 else (values * GREY).sum(dim=2, keepdim=True)
