"""Training inputs changed at random, a way a file."""

from seqmodels.data.augment.base import Augmentation
from seqmodels.data.augment.masked_frames import MaskedFrames
from seqmodels.data.augment.picture_jitter import PictureJitter
from seqmodels.data.augment.rare_as_unknown import RareAsUnknown

__all__ = ["Augmentation", "MaskedFrames", "PictureJitter", "RareAsUnknown"]
