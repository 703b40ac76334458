"""Whether the parts that a config names are of kinds that go together, as far as that shows before data are read."""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

from seqmodels.audio import LogMel
from seqmodels.data import Batching, BatchPlan, Streams
from seqmodels.data.augment import Augmentation
from seqmodels.floors import ConditionalNGram, Floor, JointFloor, LossFloor
from seqmodels.images import Pixels
from seqmodels.metrics import Accuracy, ErrorRate, MacroF1, PartAccuracy, ProbabilityMetric, SpanF1, TextMetric
from seqmodels.nn.decoders import AttentiveDecoder
from seqmodels.nn.embedders import (
    CharacterCnn,
    CharacterRnn,
    FeatureEmbedder,
    ImageCnn,
    OneHotEmbedder,
    PartsEmbedder,
    SegmentEmbedder,
    TokenEmbedder,
    WordPartsEmbedder,
)
from seqmodels.nn.heads import CrfHead, CtcHead, JointHead, StepHead
from seqmodels.nn.wide import Wide
from seqmodels.run.noise_matching import changed, hidden
from seqmodels.run.value_matching import read_values, scored_values, written_values
from seqmodels.series import Values
from seqmodels.text import Field, JointInputs, JointLabels, Label, Numbers, Subwords, Tokens, Varied, VocabField, Words
from seqmodels.topologies import Answerer, LanguageModel, ManyToMany, ManyToOne, OneToOne, Topology, Writer

READS_IDS = (CharacterCnn, CharacterRnn, OneHotEmbedder, TokenEmbedder, WordPartsEmbedder)
IDS = (VocabField, Subwords, Words)
TEXTS = (Tokens, Subwords, Words)
NUMBERS = (LogMel, Pixels, Numbers, Values)
STREAMS, BATCHING = (f"batching._target_=seqmodels.data.{name}" for name in ("Streams", "Batching"))
ONE_BY_ONE = (StepHead, CrfHead)  # a label a step, of one kind
SAYS_ONE = (ManyToOne, OneToOne)
STEP_BY_STEP = (Accuracy, MacroF1, PartAccuracy, SpanF1)  # compare answers and targets of the same lengths


def mismatches(
    model: Topology,
    inputs: Field,
    targets: Field,
    metrics: Mapping[str, Any],
    floor: Floor | LossFloor | Mapping[str, Floor | LossFloor] | None = None,
    augment: Augmentation | None = None,
    batching: BatchPlan | None = None,
) -> list[str]:
    """What does not go together, a line a fault; parts of other packages are taken to know what they do.

    Args:
        model: its numbers do not matter.
        inputs, targets: fields, fitted or not.
        metrics: by name.
        floor: the trivial method beside the model, or several by name.
        augment: what changes training inputs.
        batching: how examples become batches.
    """
    faults = [*read_on(model, inputs, targets, batching), *read_values(model, inputs, targets)]
    faults = faults or [*_read(model, inputs), *_written(model, targets), *written_values(model, targets)]
    faults += _shared(model, inputs, targets)
    floors = list(floor.values()) if isinstance(floor, Mapping) else [floor]
    scored = [*_scored(model, targets, metrics)]
    scored += [fault for one in floors for fault in _floored(model, inputs, targets, one)]
    scored = scored or [fault for one in floors for fault in scored_values(model, inputs, metrics, one)]
    return faults or [*scored, *_varied(model, inputs, targets), *changed(inputs, augment), *hidden(model, inputs)]


def _read(model: Topology, inputs: Field) -> Iterator[str]:
    embedder, found = getattr(model, "embedder", None), type(inputs).__name__
    parts = list(embedder.modules()) if isinstance(embedder, nn.Module) else []
    if isinstance(inputs, IDS) and (part := _first(parts, (FeatureEmbedder, ImageCnn, SegmentEmbedder))):
        yield f"model.embedder: {part} reads numbers, and fields.inputs ({found}) are ids: set model/embedder=tokens"
    if isinstance(inputs, NUMBERS) and (part := _first(parts, READS_IDS)):
        wanted = "image_cnn" if isinstance(inputs, Pixels) else "frames"
        yield f"model.embedder: {part} reads ids, and fields.inputs ({found}) are numbers: set model/embedder={wanted}"
    if isinstance(inputs, (*NUMBERS, JointInputs)) and (part := _first(list(model.children()), (Wide,))):
        yield f"model.wide: {part} counts ids, and fields.inputs ({found}) are none: set model/wide=none"
    if isinstance(model, OneToOne) and (isinstance(inputs, (*TEXTS, LogMel)) or inputs.per_step):
        yield f"fields.inputs: {found} found, a sequence, and OneToOne reads one step: choose a many-to-one task"
    elif isinstance(model, OneToOne) and _first(
        [part for part in parts if getattr(part, "regions", False)], (ImageCnn,)
    ):
        yield "model.embedder.regions=true found, a picture in parts, and OneToOne reads one vector: set it to false"
    if isinstance(inputs, JointInputs) and parts and not _first(parts, (PartsEmbedder,)):
        kind = type(embedder).__name__
        yield f"model.embedder: {kind} reads one kind of input, and fields.inputs has several: wanted PartsEmbedder"


def _written(model: Topology, targets: Field) -> Iterator[str]:
    head, found, several = getattr(model, "head", None), type(targets).__name__, bool(targets.expected_size().parts)
    wanted = f"fields.targets: {found} found, and {type(model).__name__}"
    named = f"fields.targets: {found} found, and {type(head).__name__}"
    decoder = getattr(model, "decoder", None)
    reads = list(decoder.modules()) if isinstance(decoder, nn.Module) else []
    if part := _first(reads, (FeatureEmbedder, ImageCnn)):
        yield f"model.decoder.embedder: {part} reads numbers, and what was written are ids: choose tokens there"
    elif isinstance(head, (*ONE_BY_ONE, CtcHead)) and several:
        yield f"{named} writes labels of one kind: wanted a JointHead, such as model/head=slots_and_intent"
    elif isinstance(head, CtcHead) and (targets.per_step or isinstance(model, LanguageModel)):
        yield f"{named} writes a sequence of its own length: wanted a label a step, such as model/head=categorical"
    elif isinstance(model, ManyToMany) and isinstance(head, (*ONE_BY_ONE, JointHead)) and not targets.per_step:
        yield f"{named} writes a label a step: wanted seqmodels.text.StepLabels, or model/head=ctc for a text"
    elif isinstance(model, SAYS_ONE) and (targets.per_step or isinstance(targets, (*TEXTS, LogMel))):
        yield f"{wanted} writes one label for the whole: wanted seqmodels.text.Label"
    elif isinstance(model, Writer) and (targets.per_step or isinstance(targets, Label | Words | LogMel)):
        yield f"{wanted} writes a text: wanted seqmodels.text.Tokens or Subwords"


def _shared(model: Topology, inputs: Field, targets: Field) -> Iterator[str]:
    decoder, same = getattr(model, "decoder", None), "targets: ${fields.inputs}"
    if inputs.joint != targets.joint or (inputs.joint and type(inputs) is not type(targets)):
        yield f"fields: joint=true found on one side, wanted the same field on both sides, such as {same}"
    elif isinstance(decoder, AttentiveDecoder) and decoder.options.tied == "source_and_target" and not inputs.joint:
        yield (
            "model.decoder.options.tied=source_and_target found, and ids of inputs and targets have nothing in common: "
            "set tied to target, or joint=true in both fields"
        )


def read_on(model: Topology, inputs: Field, targets: Field, batching: BatchPlan | None) -> Iterator[str]:
    """What is wrong with the text that a language model reads on and on, or with another model that would."""
    reads_on, found = isinstance(model, LanguageModel), type(model).__name__
    if reads_on and isinstance(batching, Batching):
        yield f"batching: Batching found, and {found} would copy what it reads: set {STREAMS}"
    elif not reads_on and isinstance(batching, Streams):
        yield f"batching: Streams found, and {found} reads each example by itself: set {BATCHING}"
    elif reads_on and isinstance(inputs, Words | LogMel):
        yield f"fields.inputs: {type(inputs).__name__} found, and {found} reads a text: wanted Tokens or Subwords"
    elif reads_on and isinstance(targets, (*IDS, LogMel)) and type(targets) is not type(inputs):
        wanted = f"{found} writes the text that it reads: wanted the {type(inputs).__name__} of fields.inputs"
        yield f"fields.targets: {type(targets).__name__} found, and {wanted}"


def _scored(model: Topology, targets: Field, metrics: Mapping[str, Any]) -> Iterator[str]:
    several, head = isinstance(targets, JointLabels), getattr(model, "head", None)
    free, sure = isinstance(head, CtcHead) or isinstance(model, Writer), isinstance(head, StepHead)
    for name, metric in metrics.items():
        kind = type(metric).__name__
        if isinstance(metric, STEP_BY_STEP) and free:
            yield f"metric.{name}: {kind} compares step by step, and answers have lengths of their own: set metric=wer"
        elif isinstance(metric, Accuracy | ErrorRate | MacroF1 | ProbabilityMetric) and several:
            yield f"metric.{name}: {kind} compares labels of one kind, and there are several: wanted PartAccuracy"
        elif isinstance(metric, ProbabilityMetric) and not (sure and isinstance(model, Answerer)):
            yield f"metric.{name}: {kind} wants p of every label, and {type(model).__name__} says none: leave it out"
        elif isinstance(metric, TextMetric) and not (free and isinstance(targets, TEXTS)):
            yield f"metric.{name}: {kind} compares texts, and {type(model).__name__} writes none: choose another metric"


def _floored(model: Topology, inputs: Field, targets: Field, floor: Floor | LossFloor | None) -> Iterator[str]:
    several = isinstance(targets, JointLabels)
    if isinstance(floor, ConditionalNGram):
        if not isinstance(model, Writer) or not isinstance(inputs, Label):
            told = f"{type(model).__name__} reads {type(inputs).__name__}"
            yield f"floor: ConditionalNGram found, and {told}: wanted a Label that a text is written for, or floor=null"
    elif floor is not None and isinstance(floor, LossFloor) != isinstance(model, LanguageModel):
        wanted = "one that has a loss, such as NGram" if isinstance(floor, Floor) else "one that answers"
        yield f"floor: {type(floor).__name__} found, wanted {wanted}, beside {type(model).__name__}"
    elif isinstance(floor, Floor) and several and not isinstance(floor, JointFloor):
        yield f"floor: {type(floor).__name__} found, and labels of several kinds: wanted JointFloor"


def _varied(model: Topology, inputs: Field, targets: Field) -> Iterator[str]:
    whole = isinstance(model, Writer) or (isinstance(model, SAYS_ONE) and not isinstance(targets, Varied))
    for side, field in {"inputs": inputs, "targets": targets}.items():
        if isinstance(field, Varied) and field.varies and not whole:
            kind = type(model).__name__
            yield f"fields.{side}.dropout found, and {kind} wants each step of both sides as it is: leave it out"
            return


def small_pictures(max_side: int | None, inputs: Field) -> list[str]:
    """What is wrong with pictures that are read smaller than a field wants them."""
    fields = inputs.fields.values() if isinstance(inputs, JointInputs) else [inputs]
    side = max((max(field.height, field.width) for field in fields if isinstance(field, Pixels)), default=0)
    if max_side is None or max_side >= side:
        return []
    return [
        f"data.max_side={max_side} found, and fields.inputs wants pictures of {side} pixels a side: "
        f"set data.max_side={side} or more (null keeps every picture as it is)"
    ]


def _first(parts: list[nn.Module], kinds: tuple[type, ...]) -> str | None:
    return next((type(part).__name__ for part in parts if isinstance(part, kinds)), None)
