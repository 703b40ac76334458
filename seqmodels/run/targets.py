"""Whether a model can learn what is to be written: where it fits into what is read, and what its scheme allows."""

from collections.abc import Mapping

import torch

from seqmodels.data import Example, SequenceData
from seqmodels.data.encoded import EncodedExamples
from seqmodels.errors import InputError
from seqmodels.nn.embedders import FeatureEmbedder, steps_of
from seqmodels.nn.heads import CrfHead, CtcHead, JointHead
from seqmodels.nn.heads.crf import forbidden
from seqmodels.nn.heads.ctc import steps_needed
from seqmodels.text.schemes import faults as scheme_faults
from seqmodels.topologies import Topology
from seqmodels.types import pad

Wrong = Mapping[int, str]  # of a split, by the example's place


def check_targets(model: Topology, data: SequenceData) -> None:
    """Refuse or leave out examples whose loss would be infinite: a CTC head has no alignment for them, or the scheme of
    a CRF head does not allow their labels.

    Only a model knows how many steps its embedder leaves and what its head allows, so no reader and no field can tell.
    What is left out of the training split can change vocabularies, so that the model for these data has to be made
    after this.

    Args:
        model: others than those with such a head take everything; its numbers do not matter.
        data: after ``setup``; how many were left out is counted in its ``faults``.

    Raises:
        InputError: there are such examples, unless ``on_bad`` is ``skip``; how many, and where the first of them come
            from. A split of which nothing is left.
    """
    head, faults = getattr(model, "head", None), data.faults
    kept: dict[str, list[Example]] = {}
    for name, split in data.encoded.items():
        wrong = _too_long(model, split) if isinstance(head, CtcHead) else _not_allowed(head, split)
        kept[name] = [example for place, example in enumerate(split.kept) if place not in wrong]
        for place, told in wrong.items():
            faults.skip(f"the {name} split", "example", [f"{split.kept[place].origin}: {told}"])
    try:
        faults.check()
    except InputError as error:
        raise InputError([*error.faults, _hint(model)]) from error
    if any(len(kept[name]) < len(split) for name, split in data.encoded.items()):
        data.again(kept)


def _too_long(model: Topology, split: EncodedExamples) -> Wrong:
    there = steps_of(getattr(model, "embedder", None), torch.tensor([len(item) for item in split.inputs]))  # (N,)
    needed = steps_needed(pad(split.targets))  # (N,)
    return {
        place: f"{len(split.targets[place])} targets need {int(needed[place])} steps, {int(there[place])} found"
        for place in (needed > there).nonzero().flatten().tolist()
    }


def _not_allowed(head: object, split: EncodedExamples) -> Wrong:
    """Of all CRF heads, the first fault of each example."""
    wrong: dict[int, str] = {}
    heads = list(head.heads.values()) if isinstance(head, JointHead) else [head]
    for column, part in enumerate(heads):
        if not isinstance(part, CrfHead) or part.scheme is None:
            continue
        with torch.device("cpu"):  # the head may be on the meta device, where nothing has numbers
            barred = torch.tensor(forbidden(part.names, part.scheme))  # (C + 2, C)
        first, last = len(part.names), len(part.names) + 1
        for place, target in enumerate(split.targets):
            ids = target if target.dim() == 1 else target[:, column]  # (T,)
            if barred[first, ids[0]] or barred[last, ids[-1]] or bool(barred[ids[:-1], ids[1:]].any()):
                told = scheme_faults([part.names[i] for i in ids.tolist()], part.scheme)
                wrong.setdefault(place, told[0])
    return wrong


def _hint(model: Topology) -> str:
    if isinstance(getattr(model, "head", None), CtcHead):
        strides = isinstance(getattr(model, "embedder", None), FeatureEmbedder)
        hint = "take these examples out" + (", or set model.embedder.stride lower" if strides else "")
        return f"a target needs a step for each id and one between equal ones: {hint}"
    return (
        "the scheme of the model's CRF does not allow these labels: correct them, or set the head's scheme to what "
        "they follow (null for nothing); data=columns converts them by data.scheme and data.to"
    )
