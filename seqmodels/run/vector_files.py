"""Where files of pretrained vectors are."""

from pathlib import Path

from seqmodels.data import data_root
from seqmodels.errors import InputError
from seqmodels.text import address_of_vectors

FOLDER = "vectors"  # in the data root


def vectors_path(named: str) -> Path:
    """The file that ``vectors=...`` means: a path, or a name that torchtext has for published vectors.

    Those are not fetched, since nobody publishes a hash of them: they are looked for in the data root.

    Raises:
        InputError: there is no such file; with where to get it, if it is a name.
    """
    path = Path(named).expanduser()
    if path.is_file():
        return path
    address = address_of_vectors(named)
    if address is None:
        raise InputError(f"vectors: {named} found, but there is no such file (looked from {Path.cwd()})")
    there = data_root() / FOLDER / (address.rpartition("/")[2] if address.endswith(".vec") else f"{named}.txt")
    if not there.is_file():
        raise InputError(f"vectors: {named} found, but {there} is not there; get it from {address} and put it there")
    return there
