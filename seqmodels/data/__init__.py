"""Examples: one reader for each format, the sources made in-process, download, and batches."""

from seqmodels.data.adding import Adding
from seqmodels.data.amazon_fine_food import AmazonFineFood
from seqmodels.data.archive import Archived
from seqmodels.data.batches import Batches, BatchPlan
from seqmodels.data.batching import Batching, BucketBatches
from seqmodels.data.by_hand import ByHand
from seqmodels.data.captioned_pictures import CaptionedPictures
from seqmodels.data.checkout import Checkout
from seqmodels.data.cmudict import Cmudict
from seqmodels.data.columns import Columns
from seqmodels.data.conllu import Conllu
from seqmodels.data.copy_memory import CopyMemory
from seqmodels.data.csv_numbers import CsvNumbers
from seqmodels.data.csv_rows import Csv
from seqmodels.data.dates import Dates
from seqmodels.data.digit_names import DigitNames
from seqmodels.data.digit_strings import DigitStrings
from seqmodels.data.digits import Digits
from seqmodels.data.download import Fetchable, Remote, data_root
from seqmodels.data.faults import Faults
from seqmodels.data.file_per_label import FilePerLabel
from seqmodels.data.image_arrays import ImageArrays
from seqmodels.data.labelled_lines import LabelledLines
from seqmodels.data.mackey_glass import MackeyGlass
from seqmodels.data.module import SequenceData
from seqmodels.data.parallel import Parallel
from seqmodels.data.parity import Parity
from seqmodels.data.plain_text import PlainText
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.recordings import Recordings
from seqmodels.data.series_file import SeriesFile
from seqmodels.data.shuffled import Shuffled
from seqmodels.data.slot_lines import SlotLines
from seqmodels.data.split import Split
from seqmodels.data.split_file import SplitFile
from seqmodels.data.spoken_digit import SpokenDigit
from seqmodels.data.stratified_split import StratifiedSplit
from seqmodels.data.streams import StreamBatches, Streams
from seqmodels.data.touch_tones import TouchTones
from seqmodels.data.unpacked import Unpacked
from seqmodels.data.windows import Windows
from seqmodels.data.word_order import WordOrder

__all__ = [
    "Adding",
    "AmazonFineFood",
    "Archived",
    "BatchPlan",
    "Batches",
    "Batching",
    "BucketBatches",
    "ByHand",
    "CaptionedPictures",
    "Checkout",
    "Cmudict",
    "Columns",
    "Conllu",
    "CopyMemory",
    "Csv",
    "CsvNumbers",
    "Dates",
    "DigitNames",
    "DigitStrings",
    "Digits",
    "Example",
    "Faults",
    "Fetchable",
    "FilePerLabel",
    "ImageArrays",
    "LabelledLines",
    "MackeyGlass",
    "Parallel",
    "Parity",
    "PlainText",
    "Reader",
    "Recordings",
    "Remote",
    "SequenceData",
    "SeriesFile",
    "Shuffled",
    "SlotLines",
    "Split",
    "SplitFile",
    "Splits",
    "SpokenDigit",
    "StratifiedSplit",
    "StreamBatches",
    "Streams",
    "TouchTones",
    "Unpacked",
    "Windows",
    "WordOrder",
    "data_root",
]
