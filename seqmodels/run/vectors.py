"""Pretrained vectors for a model, by file or by name."""

import torch

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.show import console
from seqmodels.run.vector_files import vectors_path
from seqmodels.text import Tokens, Vocab, Words, read_vectors
from seqmodels.text.vectors import WordVectors
from seqmodels.text.vocab import SPECIALS
from seqmodels.topologies import LanguageModel, Topology


def find_vectors(named: str, model: Topology, data: SequenceData) -> WordVectors:
    """Look up the words of all splits' inputs in a file, and say how many of them have a vector there.

    Those that the vocabulary lacks, being rare in training or not there at all, are taken into it if they have one. No
    label is looked at. Not so where targets share the vocabulary, as in a language model: its classes would change.

    Args:
        named: the file, or a name for it.
        model: that the vectors are for; its numbers do not matter.
        data: after ``setup``.

    Returns:
        Rows for the vocabulary as it is then.

    Raises:
        InputError: there is no such file, or no table of words that they could be put into.
    """
    path = vectors_path(named)
    field, vocab = data.inputs, getattr(data.inputs, "vocab", None)
    if not _tables(model) or vocab is None:
        embedder = type(getattr(model, "embedder", None)).__name__
        raise InputError(f"vectors={path}: {embedder} takes none; choose model/embedder=tokens")
    words: dict[str, set[str]] = {}
    shared = isinstance(model, LanguageModel) or getattr(field, "joint", False)
    if isinstance(field, Tokens | Words) and not shared:
        for split, examples in data.splits._asdict().items():
            words[split] = {word for example in examples for word in field.words(example.inputs)} - set(SPECIALS)
    more = sorted({word for there in words.values() for word in there} - set(vocab.ids))
    vectors = read_vectors(path, Vocab([*vocab.tokens, *more]))
    known = {word for word, found in zip([*vocab.tokens, *more], vectors.found.tolist(), strict=True) if found}
    if taken := [word for word in more if word in known]:
        data.again(words=taken)
    kept = vectors.found | (torch.arange(len(vectors.found)) < len(vocab))  # (C,)
    vectors = WordVectors(vectors.table[kept], vectors.found[kept], vectors.notes)
    told = [f"{int(vectors.found.sum()):,} of {len(vectors.found):,} tokens found in {path}"]
    told += [
        f"{len(there & known):,} of the {len(there):,} words of the {split} split" for split, there in words.items()
    ]
    told += [f"{len(taken):,} words that training has rarely or never are known by their vectors"] if taken else []
    console().print(*(f"vectors: {line}" for line in (*told, *vectors.notes)), sep="\n", highlight=False)
    return vectors


def load_vectors(vectors: WordVectors, model: Topology) -> None:
    """Put pretrained vectors into the model's table of words: of several, into the one that is frozen.

    Raises:
        InputError: there are several, and not one of them alone is frozen; the two differ in width.
    """
    tables, width = _tables(model), vectors.table.shape[1]
    frozen = [table for table in tables if table.frozen]
    if len(tables) > 1 and len(frozen) != 1:
        names = ", ".join(
            f"model.{name}" for name, part in model.named_modules() if any(part is table for table in tables)
        )
        raise InputError(
            f"vectors: {len(tables)} tables of words found ({names}), wanted one that is frozen: set frozen=true there"
        )
    table = (frozen or tables)[0]
    if width != table.output_size:
        name = next(name for name, part in model.named_modules() if part is table)
        raise InputError(
            f"vectors: {width} numbers a word found, {table.output_size} in the model: set "
            f"model.{name}.embedding_size={width}"
        )
    table.load_vectors(vectors.table, vectors.found)


def _tables(model: Topology) -> list[TokenEmbedder]:
    embedder = getattr(model, "embedder", None)
    return [part for part in embedder.modules() if isinstance(part, TokenEmbedder)] if embedder is not None else []
