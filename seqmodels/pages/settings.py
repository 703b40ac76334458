"""The settings of a run, as its folder has them, and which of them tell one configuration from another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# What may differ between runs of one configuration: where they lie, what a person sees of them, on which device they
# are, and the seed.
FREE: tuple[str, ...] = ("seed", "runs", "run_dir", "resume", "resume_anyway", "save_every", "report", "test")
FREE += ("logger", "device", "callbacks.progress", "callbacks.checkpoints", "callbacks.step_seed.seed", "hydra")


def key(word: str) -> str:
    """The key of a word of the command line.

    Example:
        >>> from seqmodels.pages.settings import key
        >>> key("++optim.lr=0.01"), key("~scheduler")
        ('optim.lr', 'scheduler')
    """
    return word.lstrip("+~").partition("=")[0]


def is_free(path: str) -> bool:
    """Whether a key may differ between runs of one configuration."""
    return any(path == free or path.startswith(f"{free}.") for free in FREE)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting that is not free, by its key path."""
    if path and is_free(path):
        return
    if isinstance(node, Mapping) and node:
        for name, value in node.items():
            yield from leaves(value, f"{path}.{name}".lstrip("."))
    else:
        yield path, node


def settings_of(words: Sequence[str]) -> dict[str, str]:
    """What words of the command line set, without what is free.

    Example:
        >>> from seqmodels.pages.settings import settings_of
        >>> settings_of(["task=dates", "seed=3", "model/encoder=gru", "~scheduler"])
        {'task': 'dates', 'model/encoder': 'gru', 'scheduler': '(deleted)'}
    """
    return {
        key(word): "(deleted)" if word.startswith("~") else word.partition("=")[2]
        for word in words
        if not is_free(key(word))
    }
