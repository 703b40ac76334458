"""Pictures and their labels as NumPy arrays."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split, read_or_cut, to_cut
from seqmodels.data.split_file import split_of
from seqmodels.errors import InputError
from seqmodels.images import Picture

UNREADABLE = (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)
SHAPES = "(N, H, W), (N, H, W, 1) or (N, H, W, 3)"


class ImageArrays(Reader):
    """Files of NumPy's (``numpy.savez``) that hold many pictures as one array, and a label of each as another.

    One file is enough: validation and test splits that have no file are cut off the training file. Pictures of a file
    are of one size; ``seqmodels.images.Pixels`` takes them, and can make them larger or smaller.

    Args:
        train, val, test: the files, .npz.
        images: the array of pictures by its name in the file, (N, H, W) or (N, H, W, C) uint8 with C of 1 or 3.
        labels: the array of labels by its name, (N,) of whole numbers or of texts.
        split: how to cut, or a file that says it (``SplitFile``); a tenth to validate and a fifth to test of every
            label, equal pictures in one split, if not given.

    Example:
        >>> from seqmodels.data import ImageArrays
        >>> ImageArrays("mnist.npz", images="x_train", labels="y_train").read().train[0].targets  # doctest: +SKIP
        '5'
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable | None = None,
        test: str | Fetchable | None = None,
        images: str = "images",
        labels: str = "labels",
        split: Split | str | None = None,
    ):
        self.files = (train, val, test)
        self.images = images
        self.labels = labels
        self.split = split_of(split, distinct=False)
        self.cut = to_cut(self.files)

    def read(self, faults: Faults | None = None) -> Splits:
        return read_or_cut(self.files, self._file, self.split, lambda example: str(example.targets), faults)

    def _file(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        images, labels = self._arrays(path)
        pixels = torch.from_numpy(images if images.ndim == 4 else images[..., None])  # (N, H, W, C)
        return [
            Example(Picture(picture), str(label), f"{path.name}:{number}")
            for number, (picture, label) in enumerate(zip(pixels, labels.tolist(), strict=True), start=1)
        ]

    def _arrays(self, path: Path) -> tuple[np.ndarray, np.ndarray]:
        """Both arrays of a file, as they have to be."""
        try:
            with path.open("rb") as file:  # which NumPy leaves open where it is no archive
                found = np.load(file, allow_pickle=False)
                if isinstance(found, np.ndarray):
                    raise InputError(f"{path}: a single array found, wanted a file of numpy.savez with two")
                if missing := [name for name in (self.images, self.labels) if name not in found.files]:
                    raise InputError(
                        f"{path}: no array {' and no array '.join(map(repr, missing))} found, there are: "
                        f"{', '.join(found.files) or 'none'}; name yours with data.images=... data.labels=..."
                    )
                images, labels = found[self.images], found[self.labels]
        except InputError:
            raise
        except UNREADABLE as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise InputError(f"{path}: it cannot be read ({reason}), wanted a file of numpy.savez") from error
        if images.dtype != np.uint8 or images.ndim not in (3, 4) or images.shape[3:] not in ((), (1,), (3,)):
            raise InputError(
                f"{path}: {self.images} is {images.shape} {images.dtype}, wanted {SHAPES} uint8, from 0 to 255"
            )
        if labels.dtype.kind not in "iuU" or labels.shape != images.shape[:1]:
            raise InputError(
                f"{path}: {self.labels} is {labels.shape} {labels.dtype}, wanted ({len(images)},) numbers or texts"
            )
        if not images.size:
            raise InputError(f"{path}: {self.images} is {images.shape}, wanted pictures")
        return images, labels
