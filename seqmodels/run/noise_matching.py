"""Whether what hides or changes inputs in training goes together with them."""

from collections.abc import Iterator, Mapping

from torch import nn

from seqmodels.audio import LogMel
from seqmodels.data.augment import Augmentation, MaskedFrames, PictureJitter, RareAsUnknown
from seqmodels.images import Pixels
from seqmodels.nn.embedders import PartsEmbedder, TokenEmbedder
from seqmodels.series import Values
from seqmodels.text import Field, JointInputs, Numbers, Subwords, VocabField, Words
from seqmodels.topologies import Topology


def changed(inputs: Field, augment: Augmentation | None) -> Iterator[str]:
    """What an augmentation cannot change."""
    ids, numbers = isinstance(inputs, VocabField | Subwords | Words), isinstance(inputs, LogMel | Numbers | Values)
    several = isinstance(inputs, JointInputs)
    wrong = (
        (isinstance(augment, MaskedFrames) and ids)
        or (
            isinstance(augment, RareAsUnknown)
            and (numbers or several or isinstance(inputs, Pixels) or _knows_all(inputs))
        )
        or (isinstance(augment, PictureJitter) and (ids or numbers))
    )
    if wrong:
        yield f"augment: {type(augment).__name__} cannot change {type(inputs).__name__}: set augment=none"


def hidden(model: Topology, inputs: Field) -> Iterator[str]:
    """Embedders that would hide an id as unknown where that id means something."""
    embedder = getattr(model, "embedder", None)
    if not isinstance(embedder, nn.Module):
        return
    several = isinstance(inputs, JointInputs) and isinstance(embedder, PartsEmbedder)
    fields: Mapping[str, Field] = inputs.fields if isinstance(inputs, JointInputs) and several else {"": inputs}
    for name, field in fields.items():
        reads = embedder.embedders[name] if isinstance(embedder, PartsEmbedder) and several else embedder
        hides = any(isinstance(part, TokenEmbedder) and part.word_dropout for part in reads.modules())
        if hides and _knows_all(field):
            place = f".embedders.{name}" if name else ""
            yield (
                f"model.embedder{place}.word_dropout: {type(field).__name__} found, which has no <unk> that a token "
                "could be hidden as: set it to 0"
            )


def _knows_all(field: Field) -> bool:
    """Whether a vocabulary has no id for what it lacks; fields of other packages may have one."""
    return isinstance(field, VocabField) and field.unknown is None
