"""Pretrained vectors for a model, by file or by name."""

from pathlib import Path

from seqmodels.data import SequenceData, data_root
from seqmodels.errors import InputError
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.show import console
from seqmodels.text import address_of_vectors, read_vectors
from seqmodels.topologies import Topology

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


def load_vectors(named: str, model: Topology, data: SequenceData) -> None:
    """Put pretrained vectors into the model's table of words, and say how many words have one.

    Raises:
        InputError: there is no such file or no such table, or the two differ in width.
    """
    path = vectors_path(named)
    embedder = getattr(model, "embedder", None)
    tables = [part for part in embedder.modules() if isinstance(part, TokenEmbedder)] if embedder is not None else []
    vocab = getattr(data.inputs, "vocab", None)
    if not tables or vocab is None:
        raise InputError(f"vectors={path}: {type(embedder).__name__} takes none; choose model/embedder=tokens")
    vectors = read_vectors(path, vocab)
    try:
        tables[0].load_vectors(vectors.table, vectors.found)
    except ValueError as error:
        raise InputError(f"vectors={path}: {error}") from error
    found = f"{int(vectors.found.sum()):,} of {len(vectors.found):,} tokens found in {path}"
    console().print(*(f"vectors: {line}" for line in (found, *vectors.notes)), sep="\n", highlight=False)
