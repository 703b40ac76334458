"""Parts for numbers go with one another, and with none that are for labels or texts."""

import pytest

from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import check
from seqmodels.run.plain import plain


def faults(tree, words):
    try:
        check(
            plain(tree.compose([*words, "monitor=val/loss", "mode=min", "device=cpu", "run_dir=nowhere"])), IN_CONFIGS
        )
    except InputError as error:
        return error.faults
    return []


GOOD = [
    ["task=forecasting"],
    ["task=mackey_glass"],
    ["task=forecasting", "model/head=quantile", "~model.head.error", "metric=forecast_distribution"],
    ["task=forecasting", "model/channels=together", "model/channels/normalization=reversible"],
    ["task=forecasting", "model/strategy=recursive", "model/encoder=cellular"],
    ["task=mackey_glass", "model/embedder=frames", "~model.embedder.segment"],
    ["task=forecasting", "floor=null"],
    ["task=adding"],
    ["task=adding", "floor=null", "model/encoder=mingru"],
]
BAD = [
    (
        "forecasting model/head=categorical ~model.head.error",
        "model.head: CategoricalHead found, wanted a kind of ValueHead",
    ),
    (
        "date_language model/head=point",
        "model.head: PointHead writes numbers, and fields.targets (Label) are none: choose another",
    ),
    ("forecasting metric=accuracy", "metric.accuracy: Accuracy compares labels or texts, and Forecaster writes others"),
    (
        "forecasting ~fields.inputs +fields.inputs._target_=seqmodels.audio.LogMel",
        "fields.inputs: LogMel found, and Forecaster reads and writes rows of a series: wanted seqmodels.series.Values",
    ),
    (
        "date_language ~fields.inputs +fields.inputs._target_=seqmodels.series.Values",
        "model.embedder: TokenEmbedder reads ids, and fields.inputs (Values) are numbers: set model/embedder=frames",
    ),
    (
        "date_language ~fields.targets +fields.targets._target_=seqmodels.series.Values",
        "fields.targets: Values found, and ManyToOne is no Forecaster: choose task=forecasting",
    ),
    (
        "name_generation ~fields.inputs +fields.inputs._target_=seqmodels.series.Values",
        "fields.inputs: Values found, and OneToMany is no Forecaster: choose task=forecasting",
    ),
    (
        "forecasting ~floor +floor._target_=seqmodels.floors.Majority",
        "floor: Majority found, and fields.inputs is Values: wanted one that forecasts, such as SeasonalNaive",
    ),
    (
        "date_language floor._target_=seqmodels.floors.RepeatLast",
        "floor: RepeatLast found, and fields.inputs is Tokens: wanted another one",
    ),
    ("forecasting augment=picture_jitter", "augment: PictureJitter cannot change Values: set augment=none"),
    ("date_language model/embedder=segments", "model.embedder: SegmentEmbedder reads numbers"),
    (
        "forecasting model/embedder=tokens model/strategy=direct",
        "model.embedder: TokenEmbedder reads ids",
    ),
    ("date_language metric=forecast", "Label found for targets, wanted numbers"),
]


@pytest.mark.parametrize("words", GOOD, ids=" ".join)
def test_parts_that_go_together_are_let_pass(words, tree):
    assert faults(tree, words) == []


@pytest.mark.parametrize(("words", "told"), BAD, ids=[words for words, _ in BAD])
def test_parts_that_do_not_are_told(words, told, tree):
    found = faults(tree, f"task={words}".split())
    assert any(told in fault for fault in found), found
