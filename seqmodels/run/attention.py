"""A picture for every answer of where the model looked."""

import sys
from collections.abc import Sequence
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.images import Pixels, read_picture
from seqmodels.nn.attention import UniformAttention
from seqmodels.nn.embedders import ImageCnn
from seqmodels.reports import attention_over_picture, attention_picture
from seqmodels.run.load import Predictor
from seqmodels.run.writing import Written
from seqmodels.storage import replacing
from seqmodels.text import Field, Item, Tokens
from seqmodels.topologies import Ensemble, LanguageModel, Topology


def looks_at_nothing(model: Topology) -> bool:
    """Whether a model has no attention; of models that write together, any of them."""
    members = model.members if isinstance(model, Ensemble) else [model]
    decoders = [getattr(member, "decoder", None) for member in members]
    return all(isinstance(getattr(decoder, "attention", None), UniformAttention) for decoder in decoders)


class AttentionFiles:
    """PNG files in a folder, numbered as the answers are.

    Args:
        predictor: of a model that looks at what it read.
        folder: made where there is none.

    Raises:
        InputError: the model looks at nothing, or the folder cannot be made.

    Example:
        >>> from seqmodels.run.attention import AttentionFiles
        >>> AttentionFiles(predictor, "pictures").write(texts, best)  # doctest: +SKIP
    """

    def __init__(self, predictor: Predictor, folder: str):
        if isinstance(predictor.model, LanguageModel):
            raise InputError("--attention: a LanguageModel looks at nothing but its own state; leave it out")
        if looks_at_nothing(predictor.model):
            raise InputError("--attention: the model was trained without attention (none); leave it out")
        self.predictor, self.folder = predictor, Path(folder)
        self.count = 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"--attention {folder}: {error.strerror}; name a folder that can be made") from error

    def write(self, texts: Sequence[Item], written: Sequence[Written]) -> None:
        """A file for each text's best answer."""
        for text, best in zip(texts, written, strict=True):
            self.count += 1
            path = self.folder / f"{self.count:04}.png"
            if not best.weights.numel():
                print(f"seqmodels: no {path}: nothing was written, so nothing was looked at", file=sys.stderr)
                continue
            try:
                with replacing(path) as beside:
                    beside.write_bytes(self._picture(text, best))
            except OSError as error:
                raise InputError(f"--attention {path}: {error.strerror}; make room or name another folder") from error

    def _picture(self, text: Item, best: Written) -> bytes:
        tokens = self._tokens(best)
        field, model = self.predictor.inputs, self.predictor.model
        embedder = getattr(model.members[0] if isinstance(model, Ensemble) else model, "embedder", None)
        if isinstance(field, Pixels) and isinstance(embedder, ImageCnn) and isinstance(text, str):
            grid = embedder.grid(field.height)
            if grid[0] * grid[1] == best.weights.shape[1]:
                return attention_over_picture(read_picture(text), tokens, best.weights.view(len(tokens), *grid))
        words = [_plain(field, word) for word in field.split(text)]
        steps = len(words) or int(best.weights.any(dim=0).nonzero().max()) + 1
        weights = best.weights[:, :steps]
        return attention_picture(words if len(words) == weights.shape[1] else [], tokens, weights)

    def _tokens(self, best: Written) -> list[str]:
        """What was written, a token a row; a letter that several ids spell stands at each of them."""
        field = self.predictor.targets
        pieces = field.split(best.text)
        if len(pieces) == len(best.ids) and field.encode(best.text).tolist() == list(best.ids):
            return [_plain(field, piece) for piece in pieces]
        return [str(field.decode([i])) for i in best.ids]


def _plain(field: Field, token: str) -> str:
    """A token as it stands in a text, without the marks of where blanks stood."""
    return field.tokenizer.join([token]) if isinstance(field, Tokens) else token
