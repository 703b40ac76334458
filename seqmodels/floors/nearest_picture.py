"""The floor of writing about pictures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqmodels.floors.base import Floor, Item
from seqmodels.images import Picture, read_picture
from seqmodels.images.picture import resized

MANY = 2**22  # numbers compared at once
SIDE = 64  # pixels, of the pictures that are compared: a floor needs no more, and photographs have millions


class NearestPicture(Floor):
    """Says what the most similar training picture has: the one whose pixels are nearest, Σ (a - b)² over all of them.

    Of equally near ones the first counts. Pictures are compared in the size of the first one, but no side longer than
    64 pixels. Of inputs of several kinds, the others have to be the same: the nearest picture with that language.

    Example:
        >>> from seqmodels.floors import NearestPicture
        >>> dark, light = (Picture(torch.full((2, 2, 1), grey, dtype=torch.uint8)) for grey in (10, 240))
        >>> floor = NearestPicture(); floor.fit([dark, light], ["night", "day"])
        >>> floor.predict([Picture(torch.full((2, 2, 1), 200, dtype=torch.uint8))])
        ['day']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        first, _ = _apart(inputs[0])
        height, width, self.colours = first.pixels.shape
        self.height, self.width = min(height, SIDE), min(width, SIDE)
        by_kind: dict[str, list[tuple[Tensor, Item]]] = defaultdict(list)
        seen: set[tuple[str, Any]] = set()
        for item, target in zip(inputs, targets, strict=True):
            picture, kind = _apart(item)
            which = kind, item if isinstance(item, str | Path) else id(picture.pixels)
            if which in seen:
                continue  # a further caption: the first of equally near ones counts
            seen.add(which)
            by_kind[kind].append((self._row(picture), target))
        self.known = {
            kind: (torch.stack([row for row, _ in pairs]), [target for _, target in pairs])
            for kind, pairs in by_kind.items()
        }
        self.kinds = list(self.known)

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        answers: list[Item] = [None] * len(inputs)
        places: dict[str, list[int]] = defaultdict(list)
        rows: dict[str, list[Tensor]] = defaultdict(list)
        for i, item in enumerate(inputs):
            picture, kind = _apart(item)
            kind = kind if kind in self.known else self.kinds[0]
            places[kind].append(i)
            rows[kind].append(self._row(picture))
        for kind, wanted in rows.items():
            known, targets = self.known[kind]
            for place, nearest in zip(places[kind], _nearest(torch.stack(wanted), known), strict=True):
                answers[place] = targets[nearest]
        return answers

    def _row(self, picture: Picture) -> Tensor:
        """(N,) uint8, all numbers of a picture."""
        if picture.pixels.shape[:2] != (self.height, self.width):
            picture = resized(picture, self.height, self.width)
        pixels = picture.pixels
        if pixels.shape[2] != self.colours:
            mean = pixels.float().mean(dim=2, keepdim=True).to(torch.uint8)
            pixels = mean.expand(-1, -1, self.colours)
        return pixels.flatten()


def _nearest(wanted: Tensor, known: Tensor) -> list[int]:
    """Places of the nearest known rows (M, N) for rows (K, N), exact in whole numbers."""
    rows = max(1, MANY // max(1, known.shape[1]))
    least = torch.full((len(wanted),), torch.inf, dtype=torch.float64)
    place = torch.zeros(len(wanted), dtype=torch.int64)
    for i, some in enumerate(known.split(rows)):
        others = some.double()
        squares = others.square().sum(dim=1)
        for part, best, at in zip(wanted.split(rows), least.split(rows), place.split(rows), strict=True):
            # |a - b|² but for |a|², which is the same for all b
            near = (squares - 2 * part.double() @ others.T).min(dim=1)
            nearer = near.values < best
            at[nearer] = near.indices[nearer] + i * rows
            best[nearer] = near.values[nearer]
    return place.tolist()


def _apart(item: Any) -> tuple[Picture, str]:
    """The picture of an input, and what stands beside it."""
    if not isinstance(item, Mapping):
        return item if isinstance(item, Picture) else read_picture(item), ""
    pictures = [part for part in item.values() if isinstance(part, Picture)]
    beside = {str(name): part for name, part in item.items() if not isinstance(part, Picture)}
    return pictures[0], repr(sorted(beside.items()))
