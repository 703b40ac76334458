"""What a trivial method reaches on the same split: every score is shown beside one of these."""

from seqmodels.floors.base import Floor, LossFloor
from seqmodels.floors.conditional_ngram import ConditionalNGram
from seqmodels.floors.copy_source import CopySource
from seqmodels.floors.digits_in_order import DigitsInOrder
from seqmodels.floors.joint import JointFloor
from seqmodels.floors.letter_by_letter import LetterByLetter
from seqmodels.floors.majority import Majority
from seqmodels.floors.most_frequent_label import MostFrequentLabel
from seqmodels.floors.nearest_picture import NearestPicture
from seqmodels.floors.nearest_text import NearestText
from seqmodels.floors.ngram import NGram
from seqmodels.floors.repeated_token import RepeatedToken

__all__ = [
    "ConditionalNGram",
    "CopySource",
    "DigitsInOrder",
    "Floor",
    "JointFloor",
    "LetterByLetter",
    "LossFloor",
    "Majority",
    "MostFrequentLabel",
    "NGram",
    "NearestPicture",
    "NearestText",
    "RepeatedToken",
]
