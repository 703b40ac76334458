"""How labels fare on words that training lacks."""

from collections.abc import Iterable
from typing import NamedTuple

from seqmodels.reports.answers import Answers, Part


class Unseen(NamedTuple):
    """Words that training lacks: how many there are, and how many of them have the right label."""

    words: int
    right: int


def unseen_words(answers: Answers, part: Part, trained: Iterable[str]) -> Unseen:
    """Count the words of a split that do not stand in the training split, as they are written.

    Args:
        answers: to the split.
        part: with a label for every step.
        trained: the words of the training split.

    Example:
        >>> from seqmodels.reports import Answers, Part, unseen_words
        >>> part = Part("", "steps", wanted=[["DET", "NOUN"]], said=[["DET", "NOUN"]])
        >>> unseen_words(Answers([["the", "dog"]], ["the dog"], ["a:1"], [part]), part, ["the", "Dog"])
        Unseen(words=1, right=1)
    """
    known = set(trained)
    hits = [
        wanted == said
        for words, labels, answer in zip(answers.inputs, part.wanted, part.said, strict=True)
        for word, wanted, said in zip(words, labels, answer, strict=True)
        if word not in known
    ]
    return Unseen(len(hits), sum(hits))


def step_scores(answers: Answers, trained: Iterable[str], split: str) -> dict[str, float]:
    """What is known of answers with a label a step besides their metrics, by name; nothing for others.

    Args:
        answers: to the split.
        trained: the words of the training split.
        split: what stands before every name, as in ``test/exact_match``.

    Returns:
        ``exact_match``, the share of examples of which everything is right; ``unseen_words``, how many words training
        lacks; and, where there are some, ``unseen_accuracy``. Parts behind the first have their name before them.
    """
    steps = [part for part in answers.parts if part.kind == "steps"]
    if not steps:
        return {}
    words = set(trained)
    scores: dict[str, float] = {f"{split}/exact_match": sum(answers.right) / len(answers.right)}
    for i, part in enumerate(steps if any(answers.inputs) else []):
        name = f"{part.name}_" if i else ""
        found = unseen_words(answers, part, words)
        scores[f"{split}/{name}unseen_words"] = found.words
        if found.words:
            scores[f"{split}/{name}unseen_accuracy"] = found.right / found.words
    return scores
