"""JointInputs: parts one behind the other, and taken apart again."""

import json

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.images import Picture, Pixels
from seqmodels.text import JointInputs, Label, Numbers, StepLabels, Tokens, Words

PICTURES = [Picture(torch.full((2, 3, 1), grey, dtype=torch.uint8)) for grey in (0, 100, 200)]
ITEMS = [
    {"language": language, "numbers": f"{i} 5", "picture": picture}
    for i, (language, picture) in enumerate(zip("abc", PICTURES, strict=True))
]


@pytest.fixture
def field():
    field = JointInputs({"language": Label(), "numbers": Numbers(), "picture": Pixels(2, 3, "grey")})
    field.fit(ITEMS)
    return field


def test_each_part_has_its_step_and_the_last_one_all_others(field):
    rows = field.encode(ITEMS[2])
    assert rows.shape == (4, 3)
    assert rows[0].tolist() == [2, 0, 0]
    assert torch.equal(rows[1, :2], field.fields["numbers"].encode("2 5")[0])
    assert torch.equal(rows[2:], field.fields["picture"].encode(PICTURES[2]))


def test_the_size_has_the_size_of_each_part(field):
    assert field.size == 3
    assert {name: int(size) for name, size in field.size.parts.items()} == {"language": 3, "numbers": 2, "picture": 3}
    assert field.size.parts["picture"].parts == {"grey": 3}


def test_a_checkpoint_carries_what_each_part_learnt(field):
    other = JointInputs({"language": Label(), "numbers": Numbers(), "picture": Pixels(2, 3, "grey")})
    assert not other.fitted
    other.load_learnt(field.learnt())
    assert other.fitted
    assert torch.equal(other.encode(ITEMS[1]), field.encode(ITEMS[1]))
    with pytest.raises(InputError, match=r"x\.tokens found"):
        other.load_learnt({**field.learnt(), "x.tokens": ["a"]})


def test_parts_come_back_by_name():
    field = JointInputs({"language": Label(), "text": Tokens("characters")})
    items = [{"language": "de", "text": "ab"}, {"language": "fr", "text": "b"}]
    field.fit(items)
    assert [field.decode(field.encode(item).tolist()) for item in items] == items


def test_a_line_of_text_is_a_json_object(field, tmp_path):
    PICTURES[1].image().save(tmp_path / "a.png")
    line = json.dumps({"language": "b", "numbers": "1 5", "picture": str(tmp_path / "a.png")})
    assert torch.equal(field.encode(line), field.encode(ITEMS[1]))


@pytest.mark.parametrize(
    "item", ["b", "[1]", '{"language": "a"}', {"language": "a", "numbers": "1 2"}, {**ITEMS[0], "more": 1}]
)
def test_parts_that_are_missing_or_too_many_are_told(field, item):
    with pytest.raises(InputError, match="found, wanted"):
        field.encode(item)


@pytest.mark.parametrize(
    "fields",
    [
        {"a": Label()},
        {"a": Tokens(), "b": Label()},
        {"a": Label(), "b": StepLabels()},
        {"a": Label(), "b": Words()},
    ],
)
def test_kinds_that_cannot_be_joined_are_refused(fields):
    with pytest.raises(ValueError, match="wanted two or more"):
        JointInputs(fields)
