"""What a person reads of a model's answers: errors, confusions, spans, unseen words, learning curves."""

from seqmodels.reports.align import aligned, width_of
from seqmodels.reports.answers import Answers, Part, main_fields, one_line, part_of, parts_of
from seqmodels.reports.attention import attention_over_picture, attention_picture
from seqmodels.reports.canvas import Canvas
from seqmodels.reports.confusion import confusion, confusion_csv, confusion_picture
from seqmodels.reports.curves import learning_curves, read_log
from seqmodels.reports.errors import distance, error_report
from seqmodels.reports.files import answer_files, curves_file, write_files
from seqmodels.reports.reliability import reliability_picture
from seqmodels.reports.samples import likeness, sample_page
from seqmodels.reports.spans import spans_csv, spans_of
from seqmodels.reports.unseen import step_scores, unseen_words

__all__ = [
    "Answers",
    "Canvas",
    "Part",
    "aligned",
    "answer_files",
    "attention_over_picture",
    "attention_picture",
    "confusion",
    "confusion_csv",
    "confusion_picture",
    "curves_file",
    "distance",
    "error_report",
    "learning_curves",
    "likeness",
    "main_fields",
    "one_line",
    "part_of",
    "parts_of",
    "read_log",
    "reliability_picture",
    "sample_page",
    "spans_csv",
    "spans_of",
    "step_scores",
    "unseen_words",
    "width_of",
    "write_files",
]
