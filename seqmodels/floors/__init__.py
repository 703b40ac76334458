"""What a trivial method reaches on the same split: every score is shown beside one of these."""

from seqmodels.floors.base import Floor
from seqmodels.floors.digits_in_order import DigitsInOrder
from seqmodels.floors.majority import Majority
from seqmodels.floors.most_frequent_label import MostFrequentLabel

__all__ = ["DigitsInOrder", "Floor", "Majority", "MostFrequentLabel"]
