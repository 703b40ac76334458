"""The floors of classification: what each of them sees of a text, held against what scikit-learn makes of it."""

from collections import Counter
from math import log
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqmodels.floors import AveragedVectors, BagOfWords, LabelFloor, Majority, NaiveBayesWeighted, Tfidf
from seqmodels.floors.nearest_text import WORD

WORDS = ["the", "Dog", "cat", "bites", "never", "good", "bad", "Rome", "1984", "?", "how"]
LABELS = ["b", "a", "c"]
KINDS: list[type[LabelFloor]] = [AveragedVectors, BagOfWords, Majority, NaiveBayesWeighted, Tfidf]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def drawn(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Texts, and labels that their words have to do with."""
    draw = Random(seed)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(1, 8))) for _ in range(count)]
    return texts, ["c" if "Rome" in text else "a" if "good" in text else "b" for text in texts]


TEXTS, SAID = drawn(120, 1)
NEW, WANTED = drawn(60, 2)


def fitted(floor: LabelFloor, labels: list[str] = SAID) -> LabelFloor:
    floor.fit(TEXTS, labels)
    return floor


def right(floor: LabelFloor) -> float:
    return float(np.mean([said == wanted for said, wanted in zip(floor.predict(NEW), WANTED, strict=True)]))


@every_kind
def test_probabilities_are_1_together_and_the_answer_is_the_greatest(kind: type[LabelFloor]) -> None:
    floor = fitted(kind())
    log_p = floor.log_probabilities(NEW, sorted(LABELS))
    assert torch.allclose(log_p.exp().sum(dim=1), torch.ones(len(NEW), dtype=torch.float64))
    assert [sorted(LABELS)[place] for place in log_p.argmax(dim=1)] == floor.predict(NEW)
    assert floor.log_probabilities([], LABELS).shape == (0, 3)


@every_kind
def test_a_label_that_training_lacks_has_no_probability(kind: type[LabelFloor]) -> None:
    log_p = fitted(kind()).log_probabilities(NEW[:1], ["z", *LABELS])
    assert log_p[0, 0] == -torch.inf
    assert log_p[0, 1:].exp().sum() == pytest.approx(1)


@every_kind
def test_of_a_single_label_all_are_of_that(kind: type[LabelFloor]) -> None:
    floor = fitted(kind(), ["x"] * len(TEXTS))
    assert floor.predict(NEW) == ["x"] * len(NEW)
    assert floor.log_probabilities(NEW[:2], ["x"]).tolist() == [[0.0], [0.0]]


@every_kind
def test_what_is_learnt_beats_the_majority(kind: type[LabelFloor]) -> None:
    if kind is not Majority:
        assert right(fitted(kind())) > right(fitted(Majority())) + 0.1


@every_kind
def test_two_labels_are_told_apart_as_three_are(kind: type[LabelFloor]) -> None:
    floor = fitted(kind(), ["good" if "good" in text else "other" for text in TEXTS])
    said = [str(text) for text in floor.predict(NEW)]
    if kind is not Majority:
        assert np.mean([(answer == "good") == ("good" in text) for answer, text in zip(said, NEW, strict=True)]) > 0.8


def test_a_bag_of_words_is_scikit_learns_of_counts() -> None:
    theirs = make_pipeline(CountVectorizer(token_pattern=WORD), LogisticRegression(C=2.0, max_iter=2000))
    theirs.fit(TEXTS, SAID)
    ours = fitted(BagOfWords(strength=2.0)).log_probabilities(NEW, theirs.classes_.tolist())
    assert np.allclose(ours.exp().numpy(), theirs.predict_proba(NEW), atol=1e-3)


@pytest.mark.parametrize("unit", ["word", "character"])
def test_tfidf_is_scikit_learns(unit: str) -> None:
    how = {"token_pattern": WORD} if unit == "word" else {"analyzer": "char_wb"}
    model = LogisticRegression(C=9.0, class_weight="balanced", max_iter=2000)
    theirs = make_pipeline(TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, **how), model)
    theirs.fit(TEXTS, SAID)
    ours = Tfidf(unit, [1, 3], 2, 9.0, balanced=True)  # type: ignore[arg-type]
    said = fitted(ours).log_probabilities(NEW, theirs.classes_.tolist())
    assert np.allclose(said.exp().numpy(), theirs.predict_proba(NEW), atol=1e-3)


def test_naive_bayes_weights_are_the_log_ratios_of_the_paper() -> None:
    floor = NaiveBayesWeighted(ngrams=[1, 1], smoothing=0.5)
    floor.fit(["x y", "x x z", "y"], ["a", "a", "b"])  # the second label that was met has the weights of two
    (weights, _), *others = floor.parts
    a, b = Counter(x=2, y=1, z=1), Counter(x=0, y=1, z=0)
    wanted = [log((b[w] + 0.5) / 2.5) - log((a[w] + 0.5) / 5.5) for w in ("x", "y", "z")]
    assert others == []
    assert floor.vectorizer.get_feature_names_out().tolist() == ["x", "y", "z"]
    assert weights.tolist() == pytest.approx(wanted)


def test_averaged_vectors_see_no_order_and_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 0\nbad 0 1\nunseen 2 0\ntea 0.5 0.5\n")
    floor = AveragedVectors(str(path), strength=10.0)
    floor.fit(["Good tea", "bad tea", "good", "bad"], ["+", "-", "+", "-"])
    assert floor.predict(["tea unseen", "tea bad bad", "Bad"]) == ["+", "-", "-"]
    for learnt in (floor, fitted(AveragedVectors())):
        one, other = (learnt.log_probabilities([text], learnt.labels) for text in ("good bad tea", "tea good bad"))
        assert torch.allclose(one, other, atol=1e-12)


def test_settings_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="strength=0 found, wanted a number above 0"):
        NaiveBayesWeighted(strength=0)
    with pytest.raises(ValueError, match=r"ngrams=\[2, 1\] found, wanted the least and the greatest length"):
        Tfidf(ngrams=[2, 1])
