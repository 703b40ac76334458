"""seqmodels: recurrent sequence models of every topology from one set of parts.

Importing this package starts nothing, reads nothing and loads no heavy module: the public names below are
looked up on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqmodels.errors import InputError
    from seqmodels.run.load import Predictor, load
    from seqmodels.types import Batch, Encoded, Padded, Sizes, State

__version__ = "0.1.0"

_WHERE = {
    "Batch": "seqmodels.types",
    "Encoded": "seqmodels.types",
    "InputError": "seqmodels.errors",
    "Padded": "seqmodels.types",
    "Predictor": "seqmodels.run.load",
    "Sizes": "seqmodels.types",
    "State": "seqmodels.types",
    "load": "seqmodels.run.load",
}

__all__ = [
    "Batch",
    "Encoded",
    "InputError",
    "Padded",
    "Predictor",
    "Sizes",
    "State",
    "__version__",
    "load",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'seqmodels' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__
