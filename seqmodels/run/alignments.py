"""Whether what is to be written fits into what is read, where the two are not aligned."""

import torch

from seqmodels.data import Example, SequenceData, Splits
from seqmodels.errors import InputError
from seqmodels.nn.embedders import FeatureEmbedder
from seqmodels.nn.heads import CtcHead
from seqmodels.nn.heads.ctc import steps_needed
from seqmodels.topologies import Topology
from seqmodels.types import pad


def check_alignments(model: Topology, data: SequenceData) -> None:
    """Refuse or leave out examples whose targets have no alignment: a CTC loss would be infinite for them.

    Only a model knows how many steps its embedder leaves, so no reader and no field can tell. What is left out of the
    training split can change vocabularies, so that the model for these data has to be made after this.

    Args:
        model: others than those with a CTC head take everything; its numbers do not matter.
        data: after ``setup``; how many were left out is counted in its ``faults``.

    Raises:
        InputError: there are such examples, unless ``on_bad`` is ``skip``; how many, and where the first of them come
            from. A split of which nothing is left.
    """
    head, embedder = getattr(model, "head", None), getattr(model, "embedder", None)
    if not isinstance(head, CtcHead):
        return
    faults = data.faults
    kept: dict[str, list[Example]] = {}
    for name, split in data.encoded.items():
        there = torch.tensor([len(item) for item in split.inputs])
        if isinstance(embedder, FeatureEmbedder):
            there = embedder.steps(there)
        needed = steps_needed(pad(split.targets))
        kept[name] = [example for example, fits in zip(split.kept, (needed <= there).tolist(), strict=True) if fits]
        for i in (needed > there).nonzero().flatten().tolist():
            told = f"{len(split.targets[i])} targets need {int(needed[i])} steps, {int(there[i])} found"
            faults.skip(f"the {name} split", "example", [f"{split.kept[i].origin}: {told}"])
    try:
        faults.check()
    except InputError as error:
        hint = "take these examples out" + (
            ", or set model.embedder.stride lower" if isinstance(embedder, FeatureEmbedder) else ""
        )
        raise InputError(
            [*error.faults, f"a target needs a step for each id and one between equal ones: {hint}"]
        ) from error
    if any(len(kept[name]) < len(split) for name, split in data.encoded.items()):
        data.again(splits=Splits(*(kept[name] for name in Splits._fields)))
