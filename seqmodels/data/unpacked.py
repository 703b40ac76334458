"""Files whose own hash is known, out of an archive whose hash is not."""

import os
import tempfile
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from seqmodels.data.archive import extract
from seqmodels.data.download import Fetchable, Remote, download, sha256_of
from seqmodels.data.members import name_fault
from seqmodels.errors import InputError
from seqmodels.types import Positive


class Unpacked(Fetchable):
    """One file of an archive with a public address, in the data root under its own name.

    The archive is fetched once and kept beside it. Nothing of it is believed: only the file that has its sha256 is
    taken out of it.

    Args:
        url: of the archive, a zip or a tar.
        member: the file's path in it.
        sha256: what the file must contain.
        folder: the data set's folder in the data root.
        max_bytes: what the archive may unpack to, at most.

    Raises:
        InputError: url, member, sha256 or folder cannot be one.

    Example:
        >>> from seqmodels.data import Unpacked
        >>> Unpacked("https://example.org/data.zip", "data/names/Greek.txt", sha256="0" * 64, folder="names").path.name
        'Greek.txt'
    """

    def __init__(self, url: str, member: str, sha256: str, folder: str, max_bytes: Positive = 1 << 30):
        fault = name_fault(member) if PurePosixPath(member).parts else "empty"
        if fault:
            raise InputError(f"member={member!r}: this is {fault}, wanted a file's path in the archive")
        self.archive = Remote(url, sha256, folder)  # which looks at url and folder, and is never fetched by that hash
        self.member = member
        self.sha256 = self.archive.sha256
        self.max_bytes = max_bytes

    @property
    def path(self) -> Path:
        """Where the file lies, or will."""
        return self.archive.path.with_name(PurePosixPath(self.member).name)

    def fetch(self) -> Path:
        """The file's path, after fetching and unpacking the archive if it is not there.

        Raises:
            InputError: it cannot be fetched, is not safe to unpack, or the file in it is not what was expected.
        """
        if not self.path.is_file():
            self._take_out(self._fetch_archive())
        found = sha256_of(self.path)
        if found != self.sha256:
            raise InputError(f"{self.path}: sha256 {found} found, {self.sha256} wanted; delete it to fetch it again")
        return self.path

    def _fetch_archive(self) -> Path:
        place = self.archive.path
        if not place.is_file():
            download(self.archive.url, place, None, f"put the file {self.member} of it at {self.path}")
        return place

    def _take_out(self, archive: Path) -> None:
        with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=archive.parent) as folder:
            content = Path(folder) / "content"
            extract(archive, content, self.max_bytes)
            taken = content / self.member
            if not taken.is_file():
                there = [file.relative_to(content).as_posix() for file in content.rglob("*") if file.is_file()]
                near = ", ".join(get_close_matches(self.member, there, cutoff=0))
                raise InputError(
                    f"{archive}: no file {self.member!r} in it; closest: {near}; delete it to fetch it again"
                )
            found = sha256_of(taken)
            if found != self.sha256:
                told = f"sha256 {found} found, {self.sha256} wanted; nothing was taken"
                raise InputError(f"{archive}: {self.member}: {told}, delete it to fetch it again")
            os.replace(taken, self.path)
