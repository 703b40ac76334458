"""What flags make of a search."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seqmodels.decode import Sampling, Search
from seqmodels.errors import InputError
from seqmodels.nn.heads import CtcHead
from seqmodels.run.flags import BEAM, DRAWN, RULES, flag
from seqmodels.run.load import Predictor
from seqmodels.topologies import Ensemble, Writer


def search_of(given: Mapping[str, Any], base: Search) -> Search:
    """What flags make of a search.

    Args:
        given: by name.
        base: what stands where nothing was given.

    Raises:
        InputError: a value is out of its range, or two flags contradict each other.
    """
    beam, drawn = ([name for name in names if name in given] for names in (BEAM, (*DRAWN, "samples")))
    if beam and drawn:
        raise InputError(f"{flag(drawn[0])} draws and {flag(beam[0])} does not; leave one of them out")
    asked = base.count if bool(drawn) is (base.sampling is not None) else 1  # draws are no ranks
    changes: dict[str, Any] = {RULES[name]: value for name, value in given.items() if name in RULES}
    try:
        if beam:
            changes |= {"sampling": None, "count": min(asked, given.get("beam", asked))}
            changes |= {BEAM[name]: given[name] for name in beam}
        elif drawn:
            settings = {name: given[name] for name in drawn if name != "samples"}
            changes |= {"sampling": replace(base.sampling or Sampling(), **settings)}
            changes |= {"beam_size": 1, "count": given.get("samples", asked)}
        return replace(base, **changes)
    except ValueError as error:
        raise InputError(_as_flags(str(error), given)) from error


def search_by(predictor: Predictor, given: Mapping[str, Any]) -> None:
    """Have a model search as flags say; of a CTC head the beam is its prefixes'.

    Raises:
        InputError: it does not search, or the flags are not as they must be.
    """
    model = predictor.model
    head = getattr(model, "head", None)
    if isinstance(head, CtcHead):
        if others := ", ".join(flag(name) for name in given if name != "beam"):
            raise InputError(f"{others}: a CTC head takes --beam alone; leave it out")
        if given["beam"] < 1:
            raise InputError(f"--beam={given['beam']} found, wanted at least 1")
        head.beam_width = given["beam"]
        return
    if not isinstance(model, Writer | Ensemble):
        names = ", ".join(map(flag, given))
        raise InputError(f"{names}: {type(model).__name__} is not scored on a text that it writes; leave it out")
    model.search = search_of(given, model.search)


def _as_flags(fault: str, given: Mapping[str, Any]) -> str:
    """A constructor's complaint in the words of the command line."""
    name, _, told = fault.partition("=")
    typed = {"beam_size": "--beam", "count": "--samples" if "samples" in given else "--nbest", "max_length": "--length"}
    told = told.replace("at most the beam_size, ", "at most --beam, which is ")
    return f"{typed.get(name, flag(name))}={told.replace('the max_length', '--length')}"
