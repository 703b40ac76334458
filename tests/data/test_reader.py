"""What every reader promises."""

from seqmodels.data.reader import Example, fingerprint
from seqmodels.text import Tokens

ONE = Example(["two", "cats"], ["NUM", "NOUN"], "a.conllu:1")
TWO = Example("tea", "en", "b.csv:7")


def test_a_fingerprint_does_not_depend_on_where_the_examples_stood() -> None:
    assert fingerprint([ONE, TWO]) == fingerprint([ONE._replace(origin="b:9"), TWO])


def test_a_fingerprint_changes_with_every_word_label_and_order() -> None:
    others = [
        [TWO, ONE],
        [ONE],
        [ONE, TWO, TWO],
        [ONE._replace(inputs=["two", "dogs"]), TWO],
        [ONE._replace(targets=["NUM", "VERB"]), TWO],
        [ONE._replace(inputs=["two cats"]), TWO],
        [ONE._replace(inputs=["twocats"]), TWO],
    ]
    assert len({fingerprint(examples) for examples in [[ONE, TWO], *others]}) == 1 + len(others)


def test_a_fingerprint_changes_with_further_right_answers() -> None:
    several = [TWO._replace(others=others) for others in ((), ("de",), ("de", "fr"))]
    assert len({fingerprint([example]) for example in several}) == 3


def test_what_is_said_is_what_was_wanted_where_it_is_as_right() -> None:
    field = Tokens("characters", lowercase=True)
    field.fit(["en de fr it"])
    example = TWO._replace(others=("De", "fr"))
    assert [example.wanted(said, field) for said in ("en", "fr", "de", "it")] == ["en", "fr", "De", "en"]
