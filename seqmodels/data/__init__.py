"""Examples: one reader for each format, the sources made in-process, download, and batches."""

from seqmodels.data.batching import Batching, BucketBatches
from seqmodels.data.conllu import Conllu
from seqmodels.data.dates import Dates
from seqmodels.data.download import Remote, data_root
from seqmodels.data.module import SequenceData
from seqmodels.data.reader import Example, Reader, Splits

__all__ = [
    "Batching",
    "BucketBatches",
    "Conllu",
    "Dates",
    "Example",
    "Reader",
    "Remote",
    "SequenceData",
    "Splits",
    "data_root",
]
