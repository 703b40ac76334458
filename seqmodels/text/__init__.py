"""Strings to ids and back: tokenizers, vocabularies, fields, pretrained vectors (the only room with torchtext)."""

from seqmodels.text.casing import Casing, Recased
from seqmodels.text.fields import Field, Item, Tokens, Varied, VocabField
from seqmodels.text.joint_inputs import JointInputs
from seqmodels.text.joint_labels import JointLabels
from seqmodels.text.labels import Label, StepLabels
from seqmodels.text.numbers import Numbers
from seqmodels.text.subwords import Subwords
from seqmodels.text.tokenizers import Tokenizer, tokenizer
from seqmodels.text.vectors import address_of_vectors, read_vectors
from seqmodels.text.vocab import Vocab
from seqmodels.text.words import Words

__all__ = [
    "Casing",
    "Field",
    "Item",
    "JointInputs",
    "JointLabels",
    "Label",
    "Numbers",
    "Recased",
    "StepLabels",
    "Subwords",
    "Tokenizer",
    "Tokens",
    "Varied",
    "Vocab",
    "VocabField",
    "Words",
    "address_of_vectors",
    "read_vectors",
    "tokenizer",
]
