"""Files that only a person can get, such as those behind an account."""

import re
from pathlib import Path, PurePosixPath

from seqmodels.data.download import Fetchable, data_root, sha256_of
from seqmodels.errors import InputError


class ByHand(Fetchable):
    """A file of the data root that is not fetched: a message says where to get it and where to put it.

    Args:
        source: where a person finds it.
        folder: the data set's folder in the data root.
        name: of the file.
        sha256: what it must contain; None where it may be any.

    Raises:
        InputError: the place leads out of the data root, or the sha256 is none.

    Example:
        >>> from seqmodels.data import ByHand
        >>> ByHand("https://example.org/with-account", "reviews", "Reviews.csv").path.name
        'Reviews.csv'
    """

    def __init__(self, source: str, folder: str, name: str, sha256: str | None = None):
        parts = PurePosixPath(folder, name).parts
        outside = ".." in parts or PurePosixPath(folder).is_absolute() or any(c in folder + name for c in "\\:")
        if not folder or not name or "/" in name or outside:
            raise InputError(f"folder={folder!r}, name={name!r}: wanted a folder inside the data root and a file name")
        if sha256 is not None and not re.fullmatch("[0-9a-f]{64}", sha256.lower()):
            raise InputError(f"sha256={sha256!r}: wanted 64 hexadecimal digits, as `sha256sum FILE` prints them")
        self.source = source
        self.folder = folder
        self.name = name
        self.sha256 = sha256 and sha256.lower()

    @property
    def path(self) -> Path:
        """Where the file lies, or should."""
        return data_root() / self.folder / self.name

    def fetch(self) -> Path:
        """The file's path.

        Raises:
            InputError: it is not there, or not what was expected.
        """
        if not self.path.is_file():
            raise InputError(
                f"{self.path}: no such file; get it from {self.source} and put it there, or name yours in the config"
            )
        if self.sha256 is not None and (found := sha256_of(self.path)) != self.sha256:
            raise InputError(
                f"{self.path}: sha256 {found} found, {self.sha256} wanted; name a file of your own instead"
            )
        return self.path
