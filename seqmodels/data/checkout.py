"""Data sets of many files that lie in a git repository."""

import hashlib
import re
from pathlib import Path, PurePosixPath

from seqmodels.data.download import Fetchable, data_root
from seqmodels.errors import InputError


class Checkout(Fetchable):
    """A repository's files at a commit, in the data root. It is not fetched: a message says which commands do that.

    Args:
        url: of the repository.
        commit: which state of it.
        folder: where it lies in the data root.
        files: which of its files are read, a pattern such as ``recordings/*.wav``.
        sha256: of the lines ``<sha256>  <path>``, sorted by path, as ``sha256sum`` prints them in that folder.
        within: the folder of the repository that they are in, where it alone is wanted of a large one; only its last
            part may lie in the data root as well.

    Raises:
        InputError: the folder leads out of the data root, or the sha256 is none.

    Example:
        >>> from seqmodels.data import Checkout
        >>> checkout = Checkout("https://example.org/a.git", "1f0e" * 10, "a", "*.wav", sha256="0" * 64)
        >>> checkout.path.name
        'a'
    """

    def __init__(self, url: str, commit: str, folder: str, files: str, sha256: str, within: str = ""):
        for name, value in (("folder", folder), ("files", files), ("within", within or folder)):
            parts = PurePosixPath(value).parts
            if not parts or ".." in parts or PurePosixPath(value).is_absolute() or any(c in value for c in "\\:"):
                raise InputError(f"{name}={value!r}: wanted a path inside the data root")
        if not re.fullmatch("[0-9a-f]{64}", sha256.lower()):
            raise InputError(f"sha256={sha256!r}: wanted 64 hexadecimal digits, as `sha256sum FILE` prints them")
        self.url = url
        self.commit = commit
        self.folder = folder
        self.files = files
        self.sha256 = sha256.lower()
        self.within = within

    @property
    def path(self) -> Path:
        """Where it lies, or should."""
        root = data_root() / self.folder
        places = [root / self.within, root / PurePosixPath(self.within).name]
        return next((place for place in places if place.is_dir()), places[0])

    @property
    def commands(self) -> str:
        """What fetches it."""
        root = data_root() / self.folder
        if not self.within:
            return f"git clone {self.url} {root} && git -C {root} checkout {self.commit}"
        sparse = f"git clone --filter=blob:none --no-checkout {self.url} {root}"
        return f"{sparse} && git -C {root} sparse-checkout set {self.within} && git -C {root} checkout {self.commit}"

    def fetch(self) -> Path:
        """The folder, once it is known that it holds what it should.

        Raises:
            InputError: it is not there, or its files are not those of that commit.
        """
        found = sorted(file for file in self.path.glob(self.files) if file.is_file())
        if not found:
            raise InputError(f"{self.path}: no {self.files} in it; fetch them by `{self.commands}`")
        digest = hashlib.sha256()
        for file in found:
            digest.update(
                f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(self.path).as_posix()}\n".encode()
            )
        if digest.hexdigest() != self.sha256:
            raise InputError(
                f"{self.path}: {len(found):,} files found, with sha256 {digest.hexdigest()} over all of {self.files}, "
                f"{self.sha256} wanted; delete the folder and fetch it by `{self.commands}`"
            )
        return self.path
