"""Where data sets lie, and how they get there."""

import os
import re
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import platformdirs
import pooch
import requests

from seqmodels.errors import InputError


def data_root() -> Path:
    """The folder of all data sets: ``$SEQMODELS_DATA``, or the platform's user cache.

    Example:
        >>> from seqmodels.data import data_root
        >>> data_root()  # doctest: +SKIP
        PosixPath('/home/ada/.cache/seqmodels')
    """
    return Path(os.environ.get("SEQMODELS_DATA") or platformdirs.user_cache_dir("seqmodels")).expanduser().absolute()


class Fetchable(ABC):
    """A file that is not simply there: it has to be fetched first. It may stand wherever a path may."""

    @abstractmethod
    def fetch(self) -> Path:
        """Where it lies, after fetching it if it was not there.

        Raises:
            InputError: it cannot be fetched, or is not what was expected.
        """


class Remote(Fetchable):
    """A file with a public address and a known hash, fetched once into the data root.

    Args:
        url: where it is.
        sha256: what it must contain.
        folder: the data set's folder in the data root.
        name: what the file is called there; as in the url if not given.

    Example:
        >>> from seqmodels.data import Remote
        >>> remote = Remote("https://example.org/a/train.txt", sha256="0" * 64, folder="a")
        >>> remote.path.name
        'train.txt'
    """

    def __init__(self, url: str, sha256: str, folder: str, name: str | None = None):
        name = PurePosixPath(urlsplit(url).path).name if name is None else name
        parts = PurePosixPath(folder).parts
        outside = ".." in parts or PurePosixPath(folder).is_absolute() or any(c in folder + name for c in "\\:")
        if not parts or outside or "/" in name or name in ("", ".."):
            raise InputError(f"folder={folder!r}, url={url!r}: wanted a folder inside the data root and a file name")
        if not re.fullmatch("[0-9a-f]{64}", sha256.lower()):
            raise InputError(f"sha256={sha256!r}: wanted 64 hexadecimal digits, as `sha256sum FILE` prints them")
        self.url = url
        self.sha256 = sha256.lower()
        self.folder = folder
        self.name = name

    @property
    def path(self) -> Path:
        """Where the file lies, or will."""
        return data_root() / self.folder / self.name

    def fetch(self) -> Path:
        """The file's path, after downloading it if it is not there.

        Raises:
            InputError: it cannot be fetched, or what lies there or came is not what was expected.
        """
        if not self.path.is_file():
            self._download()
        found = sha256_of(self.path)
        if found != self.sha256:
            raise InputError(
                f"{self.path}: sha256 {found} found, {self.sha256} wanted; delete the file to fetch it again"
            )
        return self.path

    def _download(self) -> None:
        download(self.url, self.path, self.sha256, f"put the file at {self.path}")


def download(url: str, path: Path, sha256: str | None, instead: str) -> None:
    """Fetch a file to a place where it is not.

    Args:
        url: where it is.
        path: where it is to lie.
        sha256: what it must contain, before it lies there; None where nobody knows.
        instead: what the user could do by hand.

    Raises:
        InputError: it cannot be fetched, or has another hash.
    """
    known = None if sha256 is None else f"sha256:{sha256}"
    try:
        # Under another name until its hash is known to be right: pooch moves it into place.
        pooch.retrieve(url, known_hash=known, fname=path.name, path=path.parent, progressbar=True)
    except (requests.RequestException, OSError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        raise InputError(f"{url}: could not be fetched ({reason}); check the network, or {instead} yourself") from error


def sha256_of(path: Path) -> str:
    """A file's sha256."""
    return str(pooch.file_hash(str(path)))


def local(file: str | Fetchable) -> Path:
    """The path of a file that was named, or of one that is to be fetched.

    Raises:
        InputError: there is no such file.
    """
    if isinstance(file, Fetchable):
        return file.fetch()
    path = Path(file).expanduser()
    try:
        there = path.is_file()
    except OSError as error:  # a closed folder, or a text that is no name
        raise InputError(f"{str(path)[:200]}: {error.strerror}; correct the path") from error
    if not there:
        found = "a folder found, wanted a file" if path.is_dir() else "no such file"
        raise InputError(f"{path}: {found} (looked from {Path.cwd()}); correct the path")
    return path
