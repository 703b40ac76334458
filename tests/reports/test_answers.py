"""What was wanted and said, by part, from the fields of every kind."""

import pytest

from seqmodels.reports import Answers, error_report, main_fields, one_line, parts_of, sample_page
from seqmodels.text import JointLabels, Label, StepLabels, Subwords, Tokens


def fitted(field, items):
    field.fit(items)
    return field


def test_labels_of_steps():
    field = fitted(StepLabels(), [["A", "B"]])
    (part,) = parts_of(field, [["A", "B"], ["B"]], [["A", "A"], ["B"]])
    assert part[:4] == ("", "steps", [["A", "B"], ["B"]], [["A", "A"], ["B"]])


def test_a_label_of_the_whole():
    (part,) = parts_of(fitted(Label(), ["de", "fr"]), ["de", "fr"], ["de", "de"])
    assert part[:4] == ("", "label", [["de"], ["fr"]], [["de"], ["de"]])


@pytest.mark.parametrize(("tokenizer", "units"), [("characters", ["a", "b"]), ("whitespace", ["ab"])])
def test_a_text(tokenizer, units):
    (part,) = parts_of(fitted(Tokens(tokenizer), ["ab"]), ["ab"], ["ab"])
    assert part[:4] == ("", "sequence", [units], [units])
    assert part.written(0) == ("ab", "ab")


def test_a_word_that_the_vocabulary_lacks_is_what_the_model_could_say_of_it():
    field = fitted(Tokens("whitespace", lowercase=True), ["the dog"])
    (part,) = parts_of(field, ["The cat"], ["the <unk>"])
    assert part.wanted == part.said == [["the", "<unk>"]]
    assert part.written(0) == ("the cat", "the <unk>")  # a person wants to see the word
    assert not part.right(0)


def test_where_a_model_writes_capitals_those_of_the_data_are_wanted():
    field = fitted(Subwords(30, lowercase=True, recase=True), ["a shirt", "a shirt"])
    (part,) = parts_of(field, ["A Shirt"], ["a shirt"])
    assert part.written(0) == ("A Shirt", "a shirt")
    assert not part.right(0)
    found = Answers([[]], ["x"], ["a:1"], [part])
    assert found.right == [False]
    assert error_report(found).startswith("1 of 1 examples wrong")
    assert "0 of 1 as wanted" in sample_page(found, part)


def joint():
    items = [{"slots": ["O", "B-song"], "more": ["x", "y"], "intent": "Play"}]
    return fitted(JointLabels({"slots": StepLabels(), "more": StepLabels(others=True), "intent": Label()}), items)


def test_several_kinds_are_parts_by_name_but_for_those_that_only_help():
    wanted = [{"slots": ["O", "B-song"], "more": ["x", "z"], "intent": "Play"}]
    said = [{"slots": ["O", "O"], "more": ["y", "y"], "intent": "Play"}]
    slots, intent = parts_of(joint(), wanted, said)
    assert slots[:4] == ("slots", "steps", [["O", "B-song"]], [["O", "O"]])
    assert intent[:4] == ("intent", "label", [["Play"]], [["Play"]])
    assert list(main_fields(joint())) == ["slots", "intent"]


def test_one_kind_that_counts_has_no_need_of_a_name():
    field = JointLabels({"upos": StepLabels(), "xpos": StepLabels(others=True)})
    field.fit([{"upos": ["A"], "xpos": ["a"]}])
    (part,) = parts_of(field, [{"upos": ["A"], "xpos": ["b"]}], [{"upos": ["A"], "xpos": ["a"]}])
    assert (part.name, part.kind) == ("", "steps")


def test_an_input_stands_on_one_line():
    assert one_line("a\tb\nc", []) == "a\\tb\\nc"
    assert one_line(["a", "b"], ["a", "b"]) == "a b"
    assert one_line([[0.5, 0.25]], []) == ""
