"""What a trivial method reaches on the same split: every score is shown beside one of these."""

from seqmodels.floors.averaged_frames import AveragedFrames
from seqmodels.floors.averaged_vectors import AveragedVectors
from seqmodels.floors.bag_of_words import BagOfWords
from seqmodels.floors.base import Floor, LossFloor
from seqmodels.floors.conditional_ngram import ConditionalNGram
from seqmodels.floors.copy_source import CopySource
from seqmodels.floors.digits_in_order import DigitsInOrder
from seqmodels.floors.joint import JointFloor
from seqmodels.floors.label_floor import LabelFloor
from seqmodels.floors.last_row import LastRow
from seqmodels.floors.letter_by_letter import LetterByLetter
from seqmodels.floors.linear_forecast import LinearForecast
from seqmodels.floors.linear_numbers import LinearNumbers
from seqmodels.floors.majority import Majority
from seqmodels.floors.mean import Mean
from seqmodels.floors.memoryless import Memoryless
from seqmodels.floors.most_frequent_label import MostFrequentLabel
from seqmodels.floors.naive_bayes import NaiveBayesWeighted
from seqmodels.floors.nearest_picture import NearestPicture
from seqmodels.floors.nearest_text import NearestText
from seqmodels.floors.ngram import NGram
from seqmodels.floors.repeat_last import RepeatLast
from seqmodels.floors.repeated_token import RepeatedToken
from seqmodels.floors.seasonal_naive import SeasonalNaive
from seqmodels.floors.series_floor import SeriesFloor
from seqmodels.floors.step_label_floor import StepLabelFloor
from seqmodels.floors.tfidf import Tfidf

__all__ = [
    "AveragedFrames",
    "AveragedVectors",
    "BagOfWords",
    "ConditionalNGram",
    "CopySource",
    "DigitsInOrder",
    "Floor",
    "JointFloor",
    "LabelFloor",
    "LastRow",
    "LetterByLetter",
    "LinearForecast",
    "LinearNumbers",
    "LossFloor",
    "Majority",
    "Mean",
    "Memoryless",
    "MostFrequentLabel",
    "NGram",
    "NaiveBayesWeighted",
    "NearestPicture",
    "NearestText",
    "RepeatLast",
    "RepeatedToken",
    "SeasonalNaive",
    "SeriesFloor",
    "StepLabelFloor",
    "Tfidf",
]
