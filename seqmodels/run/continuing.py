"""Prompts that a language model goes on with."""

from collections.abc import Sequence

from seqmodels.decode import Sampling, Search
from seqmodels.run.load import Predictor
from seqmodels.run.writing import write


def go_on(predictor: Predictor, prompts: Sequence[str], length: int, how: Sampling) -> list[str]:
    """What a language model writes behind each prompt.

    Args:
        predictor: of a LanguageModel.
        prompts: texts; each begins one where the model was trained on texts with a beginning and an end, and is a part
            of one else.
        length: tokens to write at most.
        how: how to draw them.

    Raises:
        InputError: a prompt has no token, or nothing can be drawn from this model.
    """
    found = write(predictor, prompts, Search(max_length=length, sampling=how))
    return [best.text for (best,) in found]
