"""Metrics in a CSV file that a resumed run takes up where its checkpoint stands."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning_utilities.core.rank_zero import rank_zero_only
from pytorch_lightning.loggers import Logger

from seqmodels.storage import replacing


class CsvLog(Logger):
    """One row for every time that something is logged, written at once; a column for every name.

    Lightning's own CSVLogger removes the file that a resumed run finds, and keeps rows in memory that a killed run
    loses.

    Args:
        folder: ``metrics.csv`` lies in it.

    Example:
        >>> import tempfile
        >>> log = CsvLog(tempfile.mkdtemp())
        >>> log.log_metrics({"train/loss": 0.5}, step=9)
        >>> log.path.read_text().split()
        ['step,train/loss', '9,0.5']
    """

    def __init__(self, folder: str):
        super().__init__()
        self.path = Path(folder) / "metrics.csv"
        self.columns = ["step"]
        self.rows = 0

    @property
    def name(self) -> str:
        return "csv"

    @property
    def version(self) -> str:
        return ""

    @property
    def log_dir(self) -> str:
        return str(self.path.parent)

    @rank_zero_only
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing: the run's config.yaml has them."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        row = {"step": step, **metrics}
        new = [name for name in row if name not in self.columns]
        if new or not self.rows:
            before = self._read() if self.rows else []
            self.columns += new
            self._rewrite([*before, row])
        else:
            with open(self.path, "a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, self.columns, lineterminator="\n").writerow(row)
        self.rows += 1

    @rank_zero_only
    def keep(self, count: int) -> None:
        """Go on behind the first ``count`` rows of the file; those after them will be logged again."""
        rows = self._read()[:count]
        filled = [name for name in self.columns if name == "step" or any(row[name] for row in rows)]
        self.columns, self.rows = filled, len(rows)
        if rows:
            self._rewrite([{name: row[name] for name in filled} for row in rows])
        else:
            self.path.unlink(missing_ok=True)

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.is_file():
            return []
        with open(self.path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restval="")
            self.columns = list(reader.fieldnames or ["step"])
            return list(reader)

    def _rewrite(self, rows: list[dict[str, Any]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as beside, open(beside, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
