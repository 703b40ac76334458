"""Pictures, and the files that they come from."""

import hashlib
import struct
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from seqmodels.errors import InputError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM")  # those that cameras and drawing programs write, no documents
LARGEST = 2**25  # pixels; a small file can name far more than fit any memory
EIGHT_BITS = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "HSV", "LAB")
# What Pillow raises at what is no picture, or ends too early.
UNREADABLE = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, RuntimeError, ArithmeticError),
    *(MemoryError, AttributeError, struct.error, zlib.error, Image.DecompressionBombError),
)


class Picture(NamedTuple):
    """Rows of pixels.

    Args:
        pixels: (H, W, C) uint8, C = 3 for red, green and blue, 1 for grey.

    Example:
        >>> from seqmodels.images import Picture
        >>> str(Picture(torch.zeros(32, 48, 3, dtype=torch.uint8)))
        'a picture of 48 × 32 pixels'
    """

    pixels: Tensor

    def __str__(self) -> str:
        return f"a picture of {self.pixels.shape[1]} × {self.pixels.shape[0]} pixels"

    def sha256(self) -> str:
        """A hash of all that it holds."""
        shape = f"{tuple(self.pixels.shape)} ".encode()
        return hashlib.sha256(shape + self.pixels.contiguous().numpy().tobytes()).hexdigest()

    def image(self) -> Image.Image:
        """The same for Pillow."""
        grey = self.pixels.shape[2] == 1
        return Image.fromarray((self.pixels[..., 0] if grey else self.pixels).contiguous().numpy())


def read_picture(path: str | Path) -> Picture:
    """A picture file as red, green and blue, upright, on white where it is transparent.

    Raises:
        InputError: there is no such file, it is no picture or one of another kind, it ends too early, or it is too
            large for anybody's memory.

    Example:
        >>> read_picture("cat.png").pixels.shape  # doctest: +SKIP
        torch.Size([48, 48, 3])
    """
    path = Path(path).expanduser()
    try:
        there = path.is_file()
    except OSError as error:  # a closed folder, or a text that is no name
        raise InputError(f"{str(path)[:200]}: {error.strerror}, wanted a picture; correct the path") from error
    if not there:  # never a device or a pipe, which would be waited for
        found = "a folder found" if path.is_dir() else "no such file" if not path.exists() else "no file of bytes found"
        raise InputError(f"{path}: {found}, wanted a picture (looked from {Path.cwd()}); correct the path")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the size, which is refused below, and of damaged extras
            with Image.open(path, formats=FORMATS) as image:
                _refuse(image)
                return Picture(_pixels(image))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except UNREADABLE as error:
        reason = " ".join(str(error).replace(f" {str(path)!r}", "").split())[:200] or type(error).__name__
        raise InputError(
            f"{path}: it cannot be read ({reason}), wanted a picture: {', '.join(FORMATS)}; fetch or convert it again"
        ) from error


def resized(picture: Picture, height: int, width: int) -> Picture:
    """The same picture larger or smaller (Lanczos), its sides stretched each by itself.

    Example:
        >>> str(resized(Picture(torch.zeros(2, 2, 1, dtype=torch.uint8)), 3, 4))
        'a picture of 4 × 3 pixels'
    """
    image = picture.image().resize((width, height), Image.Resampling.LANCZOS)
    return Picture(torch.from_numpy(np.array(image)).view(height, width, -1))


def _refuse(image: Image.Image) -> None:
    if image.width * image.height > LARGEST:
        raise InputError(
            f"{image.width:,} × {image.height:,} pixels found, wanted at most {LARGEST:,}; make it smaller"
        )
    if image.mode not in EIGHT_BITS:
        raise InputError(f"a picture of mode {image.mode} found, wanted 8 bits a colour; convert it")
    # Cameras write a preview behind a photograph in JPEG, and Pillow calls both together MPO: the first is the picture.
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise InputError(f"{image.n_frames} pictures found in it, wanted one; take one out of it")  # type: ignore[attr-defined]


def _pixels(image: Image.Image) -> Tensor:
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return torch.from_numpy(np.array(image.convert("RGB")))  # (H, W, 3)
