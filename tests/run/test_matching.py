"""Parts that do not go together are told before any data is read."""

import pytest

from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import check
from seqmodels.run.plain import plain

TASKS = "captioning date_fields date_language dates digit_names language_model ner pos_tagging slots_and_intent "
TASKS += "digits spoken_digit word_order adding "
TASKS += "spoken_digits touch_tones translation pronunciation name_generation language_id question_type sentiment"
WORDS = "{_target_: seqmodels.text.Words}"


def faults(tree, words):
    try:
        check(plain(tree.compose([*words, "device=cpu", "run_dir=somewhere"])), IN_CONFIGS)
    except InputError as error:
        return error.faults
    return []


@pytest.mark.parametrize("task", TASKS.split())
def test_the_parts_of_a_task_go_together(task, tree):
    assert faults(tree, [f"task={task}"]) == []


GOOD = [
    ["task=pos_tagging", "model/embedder=tokens"],  # of words in columns, the word
    ["task=pos_tagging", "model/embedder=one_hot"],
    ["task=pos_tagging", "fields.inputs._target_=seqmodels.text.Tokens", "model/embedder=tokens"],
    ["task=pos_tagging", "metric=wer", "monitor=val/wer", "mode=min"],
    ["task=pos_tagging", "floor=null", "augment=none"],
    ["task=dates", "metric=cer", "monitor=val/cer", "mode=min"],
    ["task=slots_and_intent", "metric=exact_match", "monitor=val/exact_match"],
    ["task=pos_tagging", "+metric.ece._target_=seqmodels.metrics.CalibrationError"],
    ["task=question_type", "floor=null", "metric=accuracy"],
    ["experiment=pos_tagging"],
    ["task=language_model", "model/activity=penalty"],
    ["task=spoken_digits", "augment=none"],  # though the task sets what its own augmentation does
    ["task=digit_names", "augment=none"],
    ["task=translation", "fields.inputs.joint=false", "model.decoder.options.tied=target"],
    ["task=touch_tones", "metric=bleu", "monitor=val/bleu", "mode=max"],
    ["task=name_generation", "floor=null", "+metric=distinct"],
    ["task=captioning", "data=captioned_pictures", "data.captions=captions.csv"],
    ["task=date_language", "model.embedder.word_dropout=0.1"],
    ["task=language_model", "model/encoder=bag", "~model.encoder.num_layers", "~model.encoder.options"],
]


@pytest.mark.parametrize("words", GOOD, ids=" ".join)
def test_other_parts_that_go_together_are_let_pass(words, tree):
    assert faults(tree, words) == []


BAD = [
    (
        "translation fields.inputs.joint=false",
        "model.decoder.options.tied=source_and_target found, and ids of inputs and targets have nothing in common",
    ),
    (
        "translation ~fields.targets +fields.targets._target_=seqmodels.text.Subwords "
        "model.decoder.options.tied=target",
        "fields: joint=true found on one side, wanted the same field on both sides, such as targets: ${fields.inputs}",
    ),
    ("pos_tagging metric=bleu monitor=val/bleu", "metric.bleu: Bleu compares texts, and ManyToMany writes none"),
    ("language_model +metric=chrf monitor=val/chrf", "metric.chrf: Chrf compares texts, and LanguageModel writes none"),
    (
        "dates ~floor +floor._target_=seqmodels.floors.ConditionalNGram",
        "floor: ConditionalNGram found, and EncoderDecoder reads Tokens: wanted a Label that a text is written for",
    ),
    (
        "language_model ~floor +floor._target_=seqmodels.floors.ConditionalNGram",
        "floor: ConditionalNGram found, and LanguageModel reads Tokens: wanted a Label that a text is written for",
    ),
    ("name_generation ~floor +floor._target_=seqmodels.floors.NGram", "floor: NGram found, wanted one that answers"),
    ("pos_tagging model/embedder=frames", "model.embedder: FeatureEmbedder reads numbers, and fields.inputs (Words)"),
    (
        "captioning model/embedder=tokens ~model.embedder.filters",
        "model.embedder: TokenEmbedder reads ids, and fields.inputs (Pixels) are numbers: set model/embedder=image_cnn",
    ),
    (
        "captioning model/embedder@model.decoder.embedder=image_cnn",
        "model.decoder.embedder: ImageCnn reads numbers, and what was written are ids",
    ),
    (
        "captioning fields.targets._target_=seqmodels.text.Label ~fields.targets.tokenizer ~fields.targets.lowercase",
        "fields.targets: Label found, and OneToMany writes a text",
    ),
    (
        "digit_names model/embedder=image_cnn",
        "model.embedder: ImageCnn refuses its settings",
    ),
    ("touch_tones augment=picture_jitter", "augment: PictureJitter cannot change LogMel: set augment=none"),
    ("pos_tagging model/head=ctc", "fields.targets: StepLabels found, and CtcHead writes a sequence of its own length"),
    ("pos_tagging fields.targets._target_=seqmodels.text.Label", "fields.targets: Label found, and CategoricalHead"),
    ("pos_tagging fields.targets._target_=seqmodels.text.Tokens", "fields.targets: Tokens found, and CategoricalHead"),
    ("pos_tagging fields.targets._target_=seqmodels.text.Words", "fields.targets: Words found, and CategoricalHead"),
    ("pos_tagging augment=masked_frames", "augment: MaskedFrames cannot change Words: set augment=none"),
    ("pos_tagging floor._target_=seqmodels.floors.NGram", "floor: NGram found, wanted one that answers"),
    ("slots_and_intent model/head=categorical", "fields.targets: JointLabels found, and CategoricalHead writes labels"),
    ("slots_and_intent model/head=crf", "fields.targets: JointLabels found, and CrfHead writes labels of one kind"),
    ("slots_and_intent metric=accuracy monitor=val/accuracy", "metric.accuracy: Accuracy compares labels of one kind"),
    ("slots_and_intent metric=wer monitor=val/wer", "metric.wer: ErrorRate compares labels of one kind"),
    (
        "slots_and_intent ~floor +floor._target_=seqmodels.floors.MostFrequentLabel",
        "floor: MostFrequentLabel found, and labels of several kinds: wanted JointFloor",
    ),
    ("language_model model/head=ctc", "fields.targets: Tokens found, and CtcHead writes a sequence of its own length"),
    (
        "language_model ~floor +floor._target_=seqmodels.floors.MostFrequentLabel",
        "floor: MostFrequentLabel found, wanted one that has a loss, such as NGram, beside LanguageModel",
    ),
    ("touch_tones model/head=categorical", "fields.targets: Tokens found, and CategoricalHead writes a label a step"),
    ("touch_tones augment=rare_as_unknown", "augment: RareAsUnknown cannot change LogMel"),
    ("pos_tagging monitor=val/loss", "mode: max found, and less of val/loss is better: set mode=min"),
    ("dates metric=wer monitor=val/wer mode=max", "mode: max found, and less of val/wer is better: set mode=min"),
    ("pos_tagging mode=min", "mode: min found, and more of val/accuracy is better: set mode=max"),
    ("name_generation augment=rare_as_unknown", "augment: RareAsUnknown cannot change Label"),
    (
        "name_generation model.embedder.word_dropout=0.1",
        "model.embedder.word_dropout: Label found, which has no <unk> that a token could be hidden as",
    ),
    (
        "digit_names +model.embedder.embedders.language.word_dropout=0.1",
        "model.embedder.embedders.language.word_dropout: Label found",
    ),
    ("touch_tones metric=accuracy monitor=val/accuracy", "metric.accuracy: Accuracy compares step by step"),
    (
        "touch_tones ~model.embedder +model.embedder._target_=seqmodels.nn.embedders.TokenEmbedder "
        "+model.embedder._partial_=true",
        "model.embedder: TokenEmbedder reads ids, and fields.inputs (LogMel) are numbers: set model/embedder=frames",
    ),
    ("ner +metric.auc._target_=seqmodels.metrics.RocAuc", "metric.auc: RocAuc wants p of every label, and ManyToMany"),
    (
        "dates +metric.f1._target_=seqmodels.metrics.MacroF1 +metric.f1._partial_=true",
        "metric.f1: MacroF1 compares step",
    ),
    (
        "question_type ~floor.tfidf +floor.n._target_=seqmodels.floors.NGram",
        "floor: NGram found, wanted one that answers",
    ),
    ("date_language fields.targets._target_=seqmodels.text.StepLabels", "fields.targets: StepLabels found, and ManyTo"),
    ("date_language fields.targets._target_=seqmodels.text.Tokens", "fields.targets: Tokens found, and ManyToOne"),
    (
        "dates ~fields.targets +fields.targets._target_=seqmodels.text.StepLabels",
        "fields.targets: StepLabels found, and EncoderDecoder writes a text: wanted seqmodels.text.Tokens or Subwords",
    ),
    ("dates metric=accuracy monitor=val/accuracy", "metric.accuracy: Accuracy compares step by step"),
    (
        "language_model ~batching +batching._target_=seqmodels.data.Batching",
        "batching: Batching found, and LanguageModel would copy what it reads: "
        "set batching._target_=seqmodels.data.Streams",
    ),
    (
        "pos_tagging ~batching +batching._target_=seqmodels.data.Streams",
        "batching: Streams found, and ManyToMany reads each example by itself: "
        "set batching._target_=seqmodels.data.Batching",
    ),
    (
        "dates ~batching +batching._target_=seqmodels.data.Streams",
        "batching: Streams found, and EncoderDecoder reads each example by itself",
    ),
    (
        "language_model ~fields.targets +fields.targets._target_=seqmodels.text.StepLabels",
        "fields.targets: StepLabels found, and LanguageModel writes the text that it reads: "
        "wanted the Tokens of fields.inputs",
    ),
    (
        "language_model ~fields.inputs ~fields.targets +fields.inputs._target_=seqmodels.text.Words "
        "+fields.targets._target_=seqmodels.text.Words",
        "fields.inputs: Words found, and LanguageModel reads a text: wanted Tokens or Subwords",
    ),
    (
        "language_model ~fields.targets +fields.targets._target_=seqmodels.text.Subwords",
        "fields.targets: Subwords found, and LanguageModel writes the text that it reads",
    ),
    (
        "translation ~fields.targets +fields.targets._target_=seqmodels.text.Tokens +fields.targets.joint=true",
        "fields: joint=true found on one side, wanted the same field on both sides",
    ),
    (
        "language_model ~fields.inputs ~fields.targets +fields.inputs._target_=seqmodels.text.Subwords "
        "+fields.inputs.dropout=0.1 +fields.targets._target_=seqmodels.text.Subwords +fields.targets.dropout=0.1",
        "fields.inputs.dropout found, and LanguageModel wants each step of both sides as it is: leave it out",
    ),
    (
        "digits ~floor.linear ~fields.inputs +fields.inputs._target_=seqmodels.audio.LogMel",
        "fields.inputs: LogMel found, a sequence, and OneToOne reads one step: choose a many-to-one task",
    ),
    (
        "digits ~floor.linear model/embedder=image_cnn ~fields.inputs "
        "+fields.inputs={_target_:seqmodels.images.Pixels,height:8,width:8}",
        "model.embedder.regions=true found, a picture in parts, and OneToOne reads one vector",
    ),
    (
        "spoken_digit +model/wide=ngrams_joint",
        "model.wide: JointNGramLinear counts ids, and fields.inputs (LogMel) are none",
    ),
    ("spoken_digit +model/wide=ngrams", "model.wide: NGramLinear counts ids, and fields.inputs (LogMel) are none"),
    (
        "language_model model/encoder=bilstm",
        "model: LanguageModel refuses its settings: encoder: RecurrentEncoder found, which sees later steps",
    ),
    (
        "language_model model/encoder=window ~model.encoder.num_layers ~model.encoder.options",
        "model: LanguageModel refuses its settings: encoder: WindowEncoder found, which sees later steps",
    ),
    (
        "language_model model/encoder=mlp ~model.encoder.options",
        "model: LanguageModel refuses its settings: encoder: MlpEncoder found, which sees later steps",
    ),
    (
        "language_model model/encoder=mlp",
        "model.encoder.options: MlpEncoder has no such setting; there are: dropout, hidden_size, input_size, length, "
        "num_layers; leave it out: ~model.encoder.options",
    ),
]


@pytest.mark.parametrize(("words", "fault"), BAD, ids=[words for words, _ in BAD])
def test_parts_that_do_not_go_together_are_told(words, fault, tree):
    found = faults(tree, f"task={words}".split())
    assert len(found) == 1, found
    assert found[0].startswith(fault)
