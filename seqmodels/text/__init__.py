"""Strings to ids and back: tokenizers, vocabularies, fields, pretrained vectors (the only room with torchtext)."""

from seqmodels.text.fields import Field, Label, StepLabels, Tokens
from seqmodels.text.tokenizers import Tokenizer, tokenizer
from seqmodels.text.vectors import read_vectors
from seqmodels.text.vocab import Vocab

__all__ = ["Field", "Label", "StepLabels", "Tokenizer", "Tokens", "Vocab", "read_vectors", "tokenizer"]
