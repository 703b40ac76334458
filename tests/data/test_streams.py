"""Texts that are read on and on."""

import json
import random
from pathlib import Path

import pytest
import torch

from seqmodels.data import Example, PlainText, SequenceData, StreamBatches, Streams
from seqmodels.data.streams import Piece
from seqmodels.errors import InputError
from seqmodels.text import Tokens
from seqmodels.types import BOS, EOS, Batch

ONE, SOME = [1000], [100, 1, 7, 40, 3, 300, 1, 1, 60]
MANY = [random.Random(i).randint(1, 12) for i in range(300)]
texts = pytest.mark.parametrize("lengths", [ONE, SOME, MANY, [1], [2, 1]], ids=["one", "some", "many", "1", "2"])
PLANS = [Streams(8, steps=16), Streams(1, steps=5), Streams(7, 3, steps=1, warmup=0), Streams(64, 64, steps=10)]
PLANS += [Streams(4, 4, steps=16, warmup=None), Streams(8, steps=16, forget=0.2)]
plans = pytest.mark.parametrize("plan", PLANS, ids=str)
ways = pytest.mark.parametrize("training", [True, False])


def epoch_of(batches: StreamBatches, epoch: int) -> list[list[Piece]]:
    batches.set_epoch(epoch)
    return list(batches)


def steps_of(piece: Piece) -> set[tuple[int, int]]:
    assert piece.stop is not None
    return {(piece.example, step) for step in range(piece.start, piece.stop)}


@texts
@plans
@ways
def test_every_token_is_scored_exactly_once_an_epoch(lengths: list[int], plan: Streams, training: bool) -> None:
    batches = plan.batches(lengths, training, seed=3)
    for epoch in range(3):
        scored = [s for batch in epoch_of(batches, epoch) for piece in batch if piece.scored for s in steps_of(piece)]
        assert sorted(scored) == [(i, step) for i, length in enumerate(lengths) for step in range(length)]


@texts
@ways
def test_without_carry_every_window_begins_afresh(lengths: list[int], training: bool) -> None:
    carried, afresh = (Streams(8, 4, steps=16, warmup=None, carry=carry) for carry in (True, False))
    for one, other in zip(carried.batches(lengths, training), afresh.batches(lengths, training), strict=True):
        assert [piece._replace(after=-1) for piece in one] == other


@texts
@ways
def test_to_forget_all_is_not_to_carry_in_training_alone(lengths: list[int], training: bool) -> None:
    forgetting, afresh = Streams(8, 4, steps=16, forget=1.0), Streams(8, 4, steps=16, carry=not training)
    assert list(forgetting.batches(lengths, training, 2)) == list(afresh.batches(lengths, training, 2))


def test_a_share_of_the_windows_begins_afresh_others_in_each_epoch() -> None:
    never, now_and_then = (Streams(8, steps=4, forget=share).batches([20_000], True, 1) for share in (0.0, 0.1))
    begun: list[list[tuple[int, int]]] = []
    for epoch in range(2):
        pairs = list(zip(epoch_of(never, epoch), epoch_of(now_and_then, epoch), strict=True))
        for one, two in pairs:
            assert [piece._replace(after=-1) for piece in one] == [piece._replace(after=-1) for piece in two]
        rows = [(k, r) for k, (one, _) in enumerate(pairs) for r, piece in enumerate(one) if piece.after != -1]
        assert all(pairs[k][1][r].after in (-1, pairs[k][0][r].after) for k, r in rows)
        begun.append([(k, r) for k, r in rows if pairs[k][1][r].after == -1])
        assert len(begun[-1]) == pytest.approx(0.1 * len(rows), rel=0.2)  # of 5,000 windows
    assert begun[0] != begun[1]
    assert {r for _, r in begun[0]} == set(range(8))


@texts
@plans
@ways
def test_a_row_goes_on_right_where_the_one_ended_that_it_names(
    lengths: list[int], plan: Streams, training: bool
) -> None:
    before: list[Piece] = []
    went_on = 0
    for batch in plan.batches(lengths, training):
        for piece in batch:
            assert piece.after is not None
            assert steps_of(piece)
            if piece.after >= 0:
                there = before[piece.after]
                assert (there.example, there.stop) == (piece.example, piece.start)
                went_on += 1
        assert len({piece.after for piece in batch if piece.after != -1}) == sum(piece.after != -1 for piece in batch)
        before = batch
    assert went_on or max(lengths) <= plan.steps or plan.steps * plan.batch_size >= sum(lengths)


@texts
@plans
def test_all_training_batches_have_as_many_tokens_in_every_epoch(lengths: list[int], plan: Streams) -> None:
    batches = plan.batches(lengths, True)
    sizes = [[sum(map(batches.length, batch)) for batch in epoch_of(batches, epoch)] for epoch in range(4)]
    assert sizes[0] == sizes[1] == sizes[2] == sizes[3]
    assert len(batches) == len(sizes[0])
    share = -(-sum(lengths) // min(plan.batch_size, sum(lengths)))
    assert len(batches) == -(-share // plan.steps)


def test_all_rows_of_one_text_are_as_long_as_the_steps_but_the_last_and_the_texts_own_ends() -> None:
    batches = list(Streams(8, steps=16).batches([10_000], True, seed=1))
    lengths = [len(steps_of(piece)) for batch in batches[:-1] for piece in batch]
    assert sum(length != 16 for length in lengths) <= 2
    assert Streams(8, steps=16).batches([10_000], True).real_share() > 0.99


def test_the_cuts_and_the_order_change_with_the_epoch_and_the_seed_and_nothing_else() -> None:
    for lengths in (ONE, SOME):
        made = [Streams(4, steps=16).batches(lengths, True, seed) for seed in (0, 0, 1)]
        assert epoch_of(made[0], 2) == epoch_of(made[1], 2)
        assert epoch_of(made[0], 2) != epoch_of(made[2], 2)
        assert epoch_of(made[0], 2) != epoch_of(made[0], 3)
        fixed = Streams(4, steps=16).batches(lengths, False)
        assert epoch_of(fixed, 0) == epoch_of(fixed, 1)


@plans
@pytest.mark.parametrize("position", [0, 1, 3])
def test_the_rest_of_the_epoch_is_given_and_then_whole_epochs(plan: Streams, position: int) -> None:
    whole = epoch_of(plan.batches(SOME, True), 4)
    if position > len(whole):
        pytest.skip("the epoch is shorter")
    stopped = plan.batches(SOME, True)
    stopped.set_epoch(4)
    for _, _batch in zip(range(position), stopped, strict=False):
        pass
    state = json.loads(json.dumps(stopped.state_dict() | {"position": position}))
    again = plan.batches(SOME, True)
    again.load_state_dict(state)
    assert list(again) == whole[position:]
    assert list(again) == whole


@pytest.mark.parametrize("other", [Streams(8, steps=15), Streams(7, steps=16)])
def test_the_place_in_other_streams_is_refused(other: Streams) -> None:
    state = Streams(8, steps=16).batches(ONE, True).state_dict()
    with pytest.raises(ValueError, match="batches"):
        other.batches(ONE, True).load_state_dict(state)


def test_outside_training_all_streams_but_the_first_warm_up() -> None:
    first, *others = Streams(1, 4, steps=50, warmup=30).batches([1000], False)
    assert [(piece.start, piece.stop, piece.scored) for piece in first] == [
        (220, 250, False),
        (470, 500, False),
        (720, 750, False),
    ]
    assert [piece.after for piece in others[0]] == [-1, 0, 1, 2]
    assert [piece.start for piece in others[0]] == [0, 250, 500, 750]
    assert all(piece.scored for batch in others for piece in batch)


def test_warming_up_never_begins_before_the_text() -> None:
    first, *_ = Streams(1, 2, steps=50, warmup=80).batches([60, 140], False)
    assert first == [Piece(1, 0, 40, -1, scored=False)]


def test_no_text_is_cut_where_a_score_shall_be_exact() -> None:
    plan = Streams(1, 4, steps=50, warmup=20).exact()
    for lengths in (ONE, SOME, MANY):
        rows: dict[int, int] = {}
        for batch in plan.batches(lengths, False):
            assert len(batch) <= 50 * 4
            for piece in batch:
                assert piece.scored
                assert (piece.after == -1) == (piece.start == 0)
                rows[piece.example] = rows.get(piece.example, 0) + 1
        assert sorted(rows) == list(range(len(lengths)))


def test_several_processes_are_refused() -> None:
    with pytest.raises(InputError, match="2 processes found"):
        Streams().batches(ONE, True, world_size=2)


def made(
    folder: Path, text: str, plan: Streams, documents: str = "file", tokenizer: str = "characters"
) -> SequenceData:
    file = folder / "text.txt"
    file.write_text(text)
    reader = PlainText(str(file), str(file), str(file), documents=documents)  # type: ignore[arg-type]
    fields = [Tokens(tokenizer), Tokens(tokenizer)]  # type: ignore[arg-type]
    data = SequenceData(reader, *fields, plan)
    data.setup("fit")
    return data


def read_back(batches: list[Batch]) -> list[tuple[list[int], list[int]]]:
    """What is read and predicted from each beginning on."""
    found: list[tuple[list[int], list[int]]] = []
    rows: list[int] = []
    for batch in batches:
        assert batch.targets is not None
        assert batch.continues is not None
        now = []
        pairs = zip(batch.continues.tolist(), batch.inputs.rows(), batch.targets.rows(), strict=True)
        for after, read, wanted in pairs:
            if after < 0:
                found.append(([], []))
            now.append(rows[after] if after >= 0 else len(found) - 1)
            found[now[-1]][0].extend(read.tolist())
            found[now[-1]][1].extend(wanted.tolist())
        rows = now
    return found


def test_of_running_text_each_next_token_is_predicted(tmp_path: Path) -> None:
    text = "abcdefghij\n" * 40
    data = made(tmp_path, text, Streams(1, 1, steps=7))
    ids = data.inputs.encode(text).tolist()
    ((read, wanted),) = read_back(list(data.val_dataloader()))
    assert (read, wanted) == (ids[:-1], ids[1:])
    for read, wanted in read_back(list(data.train_dataloader())):
        assert read[1:] == wanted[:-1]


def test_a_document_begins_and_ends_by_itself(tmp_path: Path) -> None:
    data = made(tmp_path, "ab\nabc\n\n", Streams(3, 2, steps=2).exact(), "paragraph")
    ids = data.inputs.encode("ab\nabc").tolist()
    assert read_back(list(data.val_dataloader())) == [([BOS, *ids], [*ids, EOS])]


def test_every_line_is_read_by_itself(tmp_path: Path) -> None:
    words = [f"word{i}" for i in range(30)]
    data = made(tmp_path, "\n".join(words), Streams(4, 4, steps=5).exact(), "line")
    read = [data.inputs.decode(ids[1:]) for ids, _ in read_back(list(data.val_dataloader()))]
    assert sorted(read) == sorted(words)


def test_an_epoch_is_told_what_it_reads(tmp_path: Path) -> None:
    data = made(tmp_path, "abc\n" * 50, Streams(4, steps=10))
    loader = data.train_dataloader()
    assert len(loader) == 5
    assert data.origins(range(2)) == ["text.txt:1"]
    assert data.lengths(range(1)) == [len(row) for row in next(iter(loader)).inputs.rows()]


@pytest.mark.parametrize(
    ("documents", "tokenizer", "tokens", "characters"),
    [
        ("file", "characters", 20, 20),  # all but the first letter
        ("line", "characters", 21, 21),  # all letters, and the end of each line
        ("file", "whitespace", 4, 18),  # all but the first word
        ("line", "whitespace", 7, 21),
    ],
)
def test_tokens_are_counted_against_all_characters_that_they_stand_for(
    documents: str, tokenizer: str, tokens: int, characters: int, tmp_path: Path
) -> None:
    data = made(tmp_path, "two words\na third on\n", Streams(), documents, tokenizer)
    assert data.encoded["val"].tokens_per_character(data.targets) == pytest.approx(tokens / characters)


@pytest.mark.parametrize(
    ("documents", "tokenizer", "tokens", "characters"),
    [
        ("file", "whitespace", 4, 18 - 4 - 4),  # words, third; "two" is predicted by nothing
        ("line", "whitespace", 7, 21 - 4 - 4 - 2),
        ("file", "words", 6, 17 - 4 - 4),  # ";", unknown as well, stands for one character, joined or not
    ],
)
def test_what_the_vocabulary_lacks_counts_as_one_character(
    documents: str, tokenizer: str, tokens: int, characters: int, tmp_path: Path
) -> None:
    (tmp_path / "train.txt").write_text("a on\non a\n")
    (tmp_path / "text.txt").write_text("two words\na third;on" if tokenizer == "words" else "two words\na third on\n")
    train, text = str(tmp_path / "train.txt"), str(tmp_path / "text.txt")
    reader = PlainText(train, text, text, documents=documents)  # type: ignore[arg-type]
    fields = [Tokens(tokenizer), Tokens(tokenizer)]  # type: ignore[arg-type]
    data = SequenceData(reader, *fields, Streams())
    data.setup("fit")
    assert sum(map(len, data.encoded["val"].targets)) == tokens
    assert data.encoded["val"].tokens_per_character(data.targets) == pytest.approx(tokens / characters)


def test_targets_that_are_not_the_text_are_refused() -> None:
    with pytest.raises(InputError, match="streams predict the text"):
        Streams().pair(torch.tensor([4]), torch.tensor([0]), Example("a", "b", "x"))


def test_a_single_token_has_no_next_one() -> None:
    with pytest.raises(InputError, match="a single token"):
        Streams().pair(torch.tensor([4]), torch.tensor([4]), Example("a", "a", "x", whole=False))
