"""Examples: one reader for each format, the sources made in-process, download, and batches."""

from seqmodels.data.archive import Archived
from seqmodels.data.batching import Batching, BucketBatches
from seqmodels.data.columns import Columns
from seqmodels.data.conllu import Conllu
from seqmodels.data.csv_rows import Csv
from seqmodels.data.dates import Dates
from seqmodels.data.download import Fetchable, Remote, data_root
from seqmodels.data.faults import Faults
from seqmodels.data.module import SequenceData
from seqmodels.data.parallel import Parallel
from seqmodels.data.reader import Example, Reader, Splits

__all__ = [
    "Archived",
    "Batching",
    "BucketBatches",
    "Columns",
    "Conllu",
    "Csv",
    "Dates",
    "Example",
    "Faults",
    "Fetchable",
    "Parallel",
    "Reader",
    "Remote",
    "SequenceData",
    "Splits",
    "data_root",
]
