"""Greedy and beam search of an attention decoder: all sentences side by side, against one after the other."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from bench.timing import Row, interleaved, seconds
from seqmodels.decode import Found, Search, begin, search
from seqmodels.nn.attention import DotAttention
from seqmodels.nn.decoders import Decoder, DecoderState, RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.types import BOS, EOS, Encoded, Padded, pad

SOURCE, HIDDEN, LAYERS, EMBEDDING, WORDS = 512, 512, 2, 256, 10_000
SENTENCES, BATCH, FEW, BEAM, RUNS, LONGEST = 256, 128, 8, 5, 3, 60
# Mean, deviation of the logarithm, shortest and longest: words of a sentence of Multi30k's German training split.
LENGTHS = (12.4, 0.33, 3, 40)


class Planned(Decoder):
    """A decoder of random weights that ends a sentence after as many tokens as its source has.

    Example:
        >>> Planned().start(source)  # doctest: +SKIP
    """

    def __init__(self) -> None:
        super().__init__()
        embedder = partial(TokenEmbedder, embedding_size=EMBEDDING)
        self.inner = RecurrentDecoder(
            SOURCE, WORDS, embedder, DotAttention, "lstm", hidden_size=HIDDEN, num_layers=LAYERS
        )

    def start(self, source: Encoded) -> DecoderState:
        return self.inner.start(source)._replace(fed=(source.outputs.lengths,))

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        (left,) = state.fed  # (N,)
        scores, after = self.inner.step(tokens, state._replace(fed=()))
        scores[:, EOS] = torch.where(left > 0, -1e4, 1e4)
        return scores, after._replace(fed=(left - 1,))

    def forward(self, tokens: Tensor, source: Encoded) -> Tensor:
        return self.inner(tokens, source)


def decoding(device: torch.device) -> list[Row]:
    """Both searches, each against its loops."""
    torch.manual_seed(0)
    decoder = Planned().to(device).eval()
    for weight in decoder.parameters():
        nn.init.normal_(weight, std=0.05)
    sentences = [torch.randn(length, SOURCE) for length in draw()]
    single = [encoded([sentence], device) for sentence in sentences]
    together = [encoded(sentences[i : i + BATCH], device) for i in range(0, SENTENCES, BATCH)]
    few = single[:: SENTENCES // FEW]
    greedy, beam = "greedy, side by side", "beam 5, side by side"
    alone, beam_alone, one_by_one = "one sentence after the other", "one sentence's beam after the other", "one by one"
    variants = {
        greedy: partial(cost, partial(batched, decoder, Search(max_length=LONGEST)), together, device),
        alone: partial(cost, partial(greedy_alone, decoder), few, device),
        beam: partial(cost, partial(batched, decoder, Search(BEAM, max_length=LONGEST)), together, device),
        beam_alone: partial(cost, partial(beam_of_one_source, decoder, True), few, device),
        one_by_one: partial(cost, partial(beam_of_one_source, decoder, False), few, device),
    }
    for name in (greedy, alone):
        variants[name](0)  # warm
    found = interleaved(variants, RUNS)
    return [
        found.row("greedy search, batched", greedy, alone, device, 8.0),
        found.row("beam 5, batched", beam, beam_alone, device, 9.0),
        found.row("beam 5, batched", beam, one_by_one, device),
    ]


def draw() -> list[int]:
    """Lengths of sentences, the longest first, so that batches are of like lengths."""
    mean, sigma, shortest, longest = LENGTHS
    noise = torch.randn(SENTENCES, generator=torch.Generator().manual_seed(0))
    lengths = torch.exp(noise * sigma + math.log(mean) - sigma * sigma / 2)
    return sorted(lengths.round().clamp(shortest, longest).long().tolist(), reverse=True)


def encoded(sentences: Sequence[Tensor], device: torch.device) -> Encoded:
    """What an encoder would have read."""
    outputs = pad(list(sentences))
    return Encoded(Padded(*(part.to(device) for part in outputs)), (outputs.data.mean(dim=1)[None].to(device),))


def cost(write: Callable[[Encoded], int], sources: Sequence[Encoded], device: torch.device, run: int) -> float:
    """Microseconds per token."""
    written: list[int] = []
    with torch.inference_mode():
        spent = seconds(lambda: written.extend(map(write, sources)), device)
    return spent / sum(written) * 1e6


def batched(decoder: Decoder, how: Search, source: Encoded) -> int:
    """As this project does it; how many tokens were written."""
    found: Found = search(begin(decoder, source), source.outputs, how)
    return int(found.lengths[:, 0].sum())


def greedy_alone(decoder: Decoder, source: Encoded) -> int:
    """The loop of the tutorials."""
    state, tokens, count = decoder.start(source), torch.tensor([BOS], device=source.outputs.data.device), 0
    while count < LONGEST:
        scores, state = decoder.step(tokens, state)
        tokens = scores.argmax(dim=-1)
        if int(tokens) == EOS:
            break
        count += 1
    return count


def beam_of_one_source(decoder: Decoder, side_by_side: bool, source: Encoded) -> int:
    """A beam over one sentence, its sequences in one step or each in its own."""
    device = source.outputs.data.device
    beams = [(0.0, [BOS], decoder.start(source))]
    ended: list[tuple[float, list[int]]] = []
    while len(ended) < BEAM and len(beams[0][1]) <= LONGEST:
        steps = [beams] if side_by_side else [[one] for one in beams]
        found = []
        for some in steps:
            state = joined([state for _, _, state in some])
            scores, state = decoder.step(torch.tensor([tokens[-1] for _, tokens, _ in some], device=device), state)
            totals = scores.log_softmax(dim=-1) + torch.tensor([total for total, _, _ in some], device=device)[:, None]
            best = totals.flatten().topk(2 * BEAM)
            for total, place in zip(best.values.tolist(), best.indices.tolist(), strict=True):
                row, token = divmod(place, WORDS)
                found.append((total, [*some[row][1], token], state, row))
        found.sort(key=lambda one: -one[0])
        ended += [(total / len(tokens), tokens) for total, tokens, _, _ in found[:BEAM] if tokens[-1] == EOS]
        going = [one for one in found if one[1][-1] != EOS][:BEAM]
        beams = [(total, tokens, s.rows(torch.tensor([row], device=device))) for total, tokens, s, row in going]
    return len(max(ended)[1]) - len([BOS, EOS])


def joined(states: Sequence[DecoderState]) -> DecoderState:
    """The states of one source's sequences as one."""
    layers = tuple(
        tuple(torch.cat(parts, dim=1) for parts in zip(*layer, strict=True))
        for layer in zip(*(s.layers for s in states), strict=True)
    )
    fed = tuple(torch.cat(parts) for parts in zip(*(s.fed for s in states), strict=True))
    return DecoderState(states[0].memory, layers, torch.cat([s.weights for s in states]), fed)
