"""ImageCnn and PartsEmbedder: pictures alone and with what stands beside them."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.embedders import FeatureEmbedder, ImageCnn, JoinedEmbedder, PartsEmbedder, TokenEmbedder
from seqmodels.types import Size

W, COLOURS = 6, ("red", "green")
SIZE = Size(W * len(COLOURS), parts={name: Size(W) for name in COLOURS})
HEIGHTS = [7, 4, 1]


@pytest.fixture
def pictures():
    draw = torch.Generator().manual_seed(3)
    data = torch.randn(len(HEIGHTS), max(HEIGHTS), int(SIZE), generator=draw, dtype=torch.float64)
    return Padded(data, torch.tensor(HEIGHTS)).zeroed()


def cnn(**settings):
    torch.manual_seed(0)
    return ImageCnn(SIZE, embedding_size=5, filters=[3, 4], **settings).double()


@pytest.mark.parametrize("regions", [True, False])
def test_noise_in_padding_changes_nothing_in_training_either(pictures, regions):
    noisy = Padded(torch.where(pictures.mask[..., None], pictures.data, 1e9), pictures.lengths)
    for training in (True, False):
        one, other = (cnn(regions=regions).train(training)(inputs) for inputs in (pictures, noisy))
        assert torch.equal(one.data, other.data)
        assert torch.equal(one.lengths, other.lengths)


@pytest.mark.parametrize("regions", [True, False])
def test_a_picture_alone_equals_itself_in_a_batch(pictures, regions):
    embedder = cnn(regions=regions).eval()
    together = embedder(pictures)
    assert together.lengths.tolist() == ([4, 2, 2] if regions else [1, 1, 1])
    for row, vectors in zip(pictures.rows(), together.rows(), strict=True):
        alone = embedder(Padded(row[None], torch.tensor([len(row)])))
        assert_close(alone.data[0], vectors, rtol=1e-12, atol=1e-12)
    assert (together.data[~together.mask] == 0).all()


def test_the_grid_says_where_regions_stand(pictures):
    embedder = cnn().eval()
    assert [embedder.grid(height) for height in (7, 4, 1)] == [(2, 2), (1, 2), (1, 2)]
    changed = pictures.data.clone()
    changed[0, 0, 0] += 1  # the first pixel's red
    before, after = embedder(pictures).data, embedder(Padded(changed, pictures.lengths)).data
    moved = (before != after).any(dim=-1)[0].tolist()
    assert moved[0]
    far = ImageCnn(Size(64), 3, filters=[2]).eval()
    picture = torch.zeros(1, 64, 64)
    other = picture.clone()
    other[0, 63, 63] = 5
    made = [far(Padded(data, torch.tensor([64]))).data[0] for data in (picture, other)]
    places = (made[0] != made[1]).any(dim=-1).nonzero().flatten()
    assert places.max() == 32 * 32 - 1  # row by row
    assert all(divmod(int(place), 32) >= (30, 30) for place in places)


def test_one_vector_is_the_mean_of_the_regions(pictures):
    grid, mean = cnn().eval()(pictures), cnn(regions=False).eval()(pictures)
    for row, vector in zip(grid.rows(), mean.data, strict=True):
        assert_close(row.mean(dim=0), vector[0], rtol=1e-12, atol=1e-12)


def test_norms_of_full_batches_are_those_of_torch(pictures):
    full = Padded(pictures.data[:1].repeat(3, 1, 1) * torch.arange(1.0, 4)[:, None, None], torch.tensor([7, 7, 7]))
    padded = Padded(torch.nn.functional.pad(full.data, (0, 0, 0, 2)), full.lengths)  # another way, the same rows
    one, other = cnn().train(), cnn().train()
    assert_close(one(full).data, other(padded).data[:, :4], rtol=1e-10, atol=1e-10)
    for a, b in zip(one.buffers(), other.buffers(), strict=True):
        assert_close(a, b, rtol=1e-10, atol=1e-10)


def test_what_is_no_picture_is_refused():
    for size, filters in (
        (SIZE, []),
        (Size(5, parts={"a": Size(2), "b": Size(3)}), [4]),
        (Size(9, parts={"a": Size(2)}), [4]),
    ):
        with pytest.raises(ValueError, match=r"images\.Pixels"):
            ImageCnn(size, filters=filters)


JOINT = Size(int(SIZE), parts={"language": Size(3), "numbers": Size(2), "picture": SIZE})
PARTS = {
    "language": partial(TokenEmbedder, embedding_size=2),
    "numbers": partial(FeatureEmbedder, embedding_size=3),
    "picture": partial(ImageCnn, embedding_size=5, filters=[3, 4]),
}


def joined(pictures):
    beside = torch.zeros(len(pictures.lengths), 2, int(SIZE), dtype=torch.float64)
    beside[:, 0, 0] = torch.tensor([2, 0, 1])
    beside[:, 1, :2] = torch.tensor([[0.5, 1], [2, 3], [-1, 0]])
    return Padded(torch.cat([beside, pictures.data], dim=1), pictures.lengths + 2)


def test_parts_are_read_by_their_own_embedders_and_joined_to_every_region(pictures):
    torch.manual_seed(0)
    embedder = PartsEmbedder(JOINT, PARTS).double().eval()
    read = embedder(joined(pictures))
    assert (embedder.output_size, read.lengths.tolist()) == (10, [4, 2, 2])
    grid = embedder.embedders["picture"](pictures)
    assert torch.equal(read.data[..., 5:], grid.data)
    for i, row in enumerate(read.rows()):
        assert torch.equal(row[:, :2], embedder.embedders["language"].table.weight[[2, 0, 1][i]].expand(len(row), 2))
        assert (row[:, 2:5] == row[:1, 2:5]).all()


def test_noise_behind_parts_changes_nothing(pictures):
    torch.manual_seed(0)
    embedder, inputs = PartsEmbedder(JOINT, PARTS).double().eval(), joined(pictures)
    noisy = inputs.data.clone()
    noisy[:, 0, 1:] = noisy[:, 1, 2:] = 1e9
    noisy[~inputs.mask] = 1e9
    assert torch.equal(embedder(inputs).data, embedder(Padded(noisy, inputs.lengths)).data)


def test_parts_that_the_inputs_lack_are_refused():
    for size in (Size(4), JOINT):
        with pytest.raises(ValueError, match="wanted one for each part"):
            PartsEmbedder(size, {"language": TokenEmbedder})


@pytest.mark.parametrize("regions", [True, False])
def test_it_says_how_many_steps_become_of_a_picture(pictures, regions):
    parts = {**PARTS, "picture": partial(ImageCnn, embedding_size=5, filters=[3, 4], regions=regions)}
    embedder = PartsEmbedder(JOINT, parts).double().eval()
    inputs = joined(pictures)
    assert embedder.steps(inputs.lengths).tolist() == embedder(inputs).lengths.tolist()
    cnn = embedder.embedders["picture"]
    assert cnn.steps(pictures.lengths).tolist() == cnn(pictures).lengths.tolist()


def test_parts_of_numbers_may_be_read_by_several_embedders_joined(pictures):
    torch.manual_seed(0)
    both = {name: PARTS["picture"] for name in ("one", "other")}
    embedder = PartsEmbedder(JOINT, {**PARTS, "picture": partial(JoinedEmbedder, embedders=both)}).double().eval()
    found, inputs = embedder(joined(pictures)), embedder.embedders["picture"].embedders
    assert torch.equal(found.data[..., 5:10], inputs["one"](pictures).data)
    assert torch.equal(found.data[..., 10:], inputs["other"](pictures).data)
    with pytest.raises(ValueError, match="embedders: a reads ids and b numbers; take one of them"):
        JoinedEmbedder(SIZE, {"a": TokenEmbedder, "b": FeatureEmbedder})
