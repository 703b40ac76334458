"""Pictures to numbers: pictures, the files that they come from, rows of pixels."""

from seqmodels.images.picture import Picture, read_picture
from seqmodels.images.pixels import Pixels

__all__ = ["Picture", "Pixels", "read_picture"]
