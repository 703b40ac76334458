"""What a loader is asked for: a batch's examples, and the epoch that they are drawn in."""

from test_batching import BY_COUNT, EPOCHS, epoch_of, lognormal

from seqmodels.data import BucketBatches
from seqmodels.data.loading import Dealt, Drawn


def batches(world_size: int = 1, rank: int = 0) -> BucketBatches:
    return BucketBatches(lognormal(60), BY_COUNT, True, 3, rank, world_size)


def test_the_same_batches_are_dealt_with_their_epoch() -> None:
    for rank in range(2):
        dealt = Dealt(batches(2, rank))
        for epoch in EPOCHS:
            dealt.set_epoch(epoch)
            wanted = epoch_of(batches(2, rank), epoch)
            assert list(dealt) == [Drawn(epoch, indices) for indices in wanted]
            assert len(dealt) == len(wanted)


def test_the_epoch_stands_where_its_batches_stand() -> None:
    under = batches()
    dealt = Dealt(under)
    dealt.set_epoch(5)
    assert under.epoch == 5
    iterator = iter(dealt)
    for position in range(1, 4):
        next(iterator)
        assert under.state_dict()["position"] == position


def test_the_rest_of_an_epoch_is_dealt_after_a_state_was_loaded() -> None:
    under = batches()
    under.load_state_dict(batches().state_dict() | {"epoch": 4, "position": 3})
    dealt = Dealt(under)
    dealt.set_epoch(4)
    assert list(dealt) == [Drawn(4, indices) for indices in epoch_of(batches(), 4)[3:]]
    dealt.set_epoch(5)
    assert list(dealt) == [Drawn(5, indices) for indices in epoch_of(batches(), 5)]
