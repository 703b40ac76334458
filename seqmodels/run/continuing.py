"""Prompts that a language model goes on with."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from seqmodels.decode import Sampling, sample
from seqmodels.errors import InputError
from seqmodels.nn.heads import StepHead
from seqmodels.run.load import Predictor
from seqmodels.topologies import LanguageModel
from seqmodels.types import BOS, EOS, PAD, UNK, Padded, State, pad

SETTINGS = ("temperature", "length", "top_k", "top_p", "seed")  # of how to go on, as the command line names them
LENGTH = 200  # tokens, where nothing else is said
ROWS = 128  # prompts side by side


def going_on(predictor: Predictor, given: Mapping[str, Any]) -> bool:
    """Whether a model goes on with a text rather than answering it.

    Raises:
        InputError: it does not, but something is set of how to go on.
    """
    if isinstance(predictor.model, LanguageModel):
        return True
    if given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(
            f"{names}: only a LanguageModel goes on with a text; this model is a {type(predictor.model).__name__}, "
            "leave that out"
        )
    return False


def settings(given: Mapping[str, Any]) -> tuple[int, Sampling]:
    """How many tokens to write at most, and how to draw them.

    Raises:
        InputError: one of the settings is out of its range.
    """
    length = given.get("length", LENGTH)
    try:
        how = Sampling(**{name: value for name, value in given.items() if name != "length"})
    except ValueError as error:
        raise InputError(f"--{str(error).replace('_', '-', 1)}") from error
    if length < 1:
        raise InputError(f"--length={length} found, wanted 1 or more")
    return length, how


@torch.inference_mode()
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
    model = predictor.model
    assert isinstance(model, LanguageModel)
    head = model.head
    if not isinstance(head, StepHead):
        raise InputError(f"{type(head).__name__} gives no probabilities to draw from; use a head that does")
    if predictor.inputs.size.names != predictor.targets.size.names:
        raise InputError("inputs and targets have different tokens, so that what is written cannot be read on")
    whole = bool(predictor.recipe.get("whole", True))
    encoded = [predictor.inputs.encode(prompt) for prompt in prompts]
    if empty := [i for i, ids in enumerate(encoded) if not len(ids)]:
        raise InputError([f"text {i + 1}: {prompts[i]!r} has no token in it; leave it out" for i in empty])
    begun = [torch.cat([ids.new_tensor([BOS]), ids]) if whole else ids for ids in encoded]

    def read(given: Padded, state: State | None) -> tuple[Tensor, State]:
        outputs, state = model.encoder(model.embedder(given), state)
        ones = torch.ones_like(given.lengths)
        last = outputs.data[torch.arange(len(ones), device=ones.device), given.lengths - 1]  # (B, H)
        scores = head(Padded(last[:, None], ones))
        return head.log_probabilities(scores).data[:, 0], state  # (B, C)

    # No end was ever predicted of a text that is part of another one.
    never = (PAD, UNK, BOS) if whole else (PAD, UNK, BOS, EOS)
    written: list[str] = []
    for first in range(0, len(begun), ROWS):
        rows = Padded(*(tensor.to(model.device) for tensor in pad(begun[first : first + ROWS])))
        found = sample(read, rows, length, how, never).rows()
        written += [_behind(predictor, *pair) for pair in zip(encoded[first : first + ROWS], found, strict=True)]
    return written


def _behind(predictor: Predictor, prompt: Tensor, written: Tensor) -> str:
    """What was written as text, with what stands between it and the prompt."""
    begin, whole = (predictor.targets.decode(ids.tolist()) for ids in (prompt, torch.cat([prompt, written.cpu()])))
    return str(whole.removeprefix(begin) if whole.startswith(begin) else predictor.targets.decode(written.tolist()))


def continued(predictor: Predictor, prompts: Sequence[str], given: Mapping[str, Any], as_json: bool) -> str:
    """Every prompt with what the model writes behind it, an empty line between two.

    Args:
        predictor: of a LanguageModel.
        prompts: texts.
        given: what was set of ``SETTINGS``.
        as_json: a JSON object a line instead, {"input", "prediction"}.
    """
    texts = go_on(predictor, prompts, *settings(given))
    pairs = list(zip(prompts, texts, strict=True))
    if as_json:
        records = [{"input": prompt, "prediction": text} for prompt, text in pairs]
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return "\n\n".join(prompt + text for prompt, text in pairs) + "\n"
