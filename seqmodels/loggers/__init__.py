"""Where the numbers of a training go, besides the loggers that Lightning has."""

from seqmodels.loggers.csv_log import CsvLog

__all__ = ["CsvLog"]
