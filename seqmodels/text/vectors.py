"""Pretrained word vectors from a text file (GloVe, fastText or word2vec: a word, then its numbers, a line)."""

import io
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import NamedTuple

import pooch
import torch
from torch import Tensor
from torchtext.vocab import Vectors

from seqmodels.errors import InputError
from seqmodels.text.vocab import Vocab


class WordVectors(NamedTuple):
    """Rows for a vocabulary: ``table`` (C, D) with zeros where the file has no vector; ``found`` (C,) bool."""

    table: Tensor
    found: Tensor


def read_vectors(path: str | Path, vocab: Vocab, cache: str | Path) -> WordVectors:
    """Look up every token of a vocabulary in a file of vectors, its lower-case form if the token is not there.

    Args:
        path: the text file (or its .gz).
        vocab: whose tokens to look up.
        cache: folder for torchtext's parsed copy. It lies under the file's sha256, so a changed file is read anew.

    Raises:
        InputError: the file is missing or a line in it is not a word and numbers.

    Example:
        >>> from seqmodels.text import Vocab, read_vectors
        >>> read_vectors("glove.6B.100d.txt", vocab, "~/.cache/seqmodels").found.sum()  # doctest: +SKIP
        tensor(7216)
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise InputError(f"vectors={path}: no such file; name a text file with a word and its numbers a line")
    folder = Path(cache).expanduser() / pooch.file_hash(str(path))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # Torchtext draws a bar and warns of header lines on stderr.
        with _tls_verification_kept(), redirect_stderr(io.StringIO()):
            vectors = Vectors(str(path), cache=str(folder))
    except (RuntimeError, ValueError, TypeError, EOFError, OSError) as error:
        raise InputError(f"vectors={path}: {error}; wanted a word and its numbers a line, all of one width") from error
    keys = [token if token in vectors.stoi else token.lower() for token in vocab.tokens]
    found = torch.tensor([key in vectors.stoi for key in keys])  # (C,)
    return WordVectors(torch.stack([vectors[key] for key in keys]), found)  # (C, D)


@contextmanager
def _tls_verification_kept() -> Iterator[None]:
    # torchtext's Vectors switches off the verification of certificates for the whole process.
    before = ssl._create_default_https_context
    try:
        yield
    finally:
        ssl._create_default_https_context = before
