"""What fields learn from, before anything is encoded."""

from collections.abc import Mapping, Sequence
from typing import Any

from seqmodels.data.reader import Example
from seqmodels.errors import InputError
from seqmodels.text import Field, Recased


def fit_fields(fields: Mapping[str, Field], examples: Sequence[Example]) -> None:
    """Have fields learn from training examples: each from its own side, joint ones from both sides together
    (but capitals from their own).

    Args:
        fields: of ``inputs`` and ``targets``, those that are to be fitted.
        examples: of the training split.

    Raises:
        InputError: a joint field whose counterpart is another one.

    Example:
        >>> from seqmodels.text import Tokens
        >>> ours, theirs = Tokens("characters", joint=True), Tokens("characters", joint=True)
        >>> fit_fields({"inputs": ours, "targets": theirs}, [Example("ja", "yes", "dictionary:1")])
        >>> theirs.vocab.tokens[4:], theirs.size == ours.size
        (['a', 'e', 'j', 's', 'y'], True)
    """
    if not any(field.joint for field in fields.values()):
        for side, field in fields.items():
            field.fit(getattr(example, side) for example in examples)
        return
    first, *others = fields.values()
    if len(others) != 1 or type(first) is not type(others[0]) or _settings(first) != _settings(others[0]):
        raise InputError("fields: joint=true found, wanted the same settings twice, such as targets: ${fields.inputs}")
    first.fit(getattr(example, side) for side in fields for example in examples)
    others[0].load_learnt(first.learnt())
    for side, field in fields.items():  # two languages have one vocabulary, and capitals of their own
        if isinstance(field, Recased):
            field.fit_case(getattr(example, side) for example in examples)


def _settings(field: Field) -> dict[str, Any]:
    """All that a field was made with, but dropout, which changes what training reads and nothing that is learnt."""
    return {name: value for name, value in vars(field).items() if not name.startswith("_") and name != "dropout"}
