"""A decoder's training step, most of which is its output layer: 10,000 tokens over states of 512 numbers."""

import math
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from bench.timing import Row, has_bfloat16, interleaved, seconds
from seqmodels.nn.attention import DotAttention
from seqmodels.nn.decoders import AdaptiveScores, DecoderOptions, RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.recurrence import StackOptions
from seqmodels.types import Encoded, Padded

VOCABULARY, WIDTH, BATCH, BATCHES, RUNS = 10_000, 512, 64, 3, 3
SMOOTHING = 0.1
Loss = Callable[[RecurrentDecoder, Padded, Padded, Encoded], Tensor]


def lengths(ordered: bool) -> list[Tensor]:
    """Lengths of targets as in Multi30k (English: mean 13, sigma 0.31 of the logarithm), in batches."""
    noise = torch.randn(40 * BATCH, generator=torch.Generator().manual_seed(0))
    drawn = torch.exp(noise * 0.31 + math.log(13)).round().clamp(4, 40).long() + 1  # and the end
    batches = list((drawn.sort().values if ordered else drawn).split(BATCH))
    return batches[:: len(batches) // BATCHES][:BATCHES]


def plain(decoder: RecurrentDecoder, inputs: Padded, outputs: Padded, source: Encoded) -> Tensor:
    """Scores of all steps, real or not, and torch's cross-entropy, as nearly every project does it."""
    scores = decoder(inputs.data, source)  # (B, U, C)
    wanted = outputs.data.masked_fill(~outputs.mask, -100)
    return F.cross_entropy(scores.flatten(0, 1), wanted.flatten(), label_smoothing=SMOOTHING)


def ours(smoothing: float, decoder: RecurrentDecoder, inputs: Padded, outputs: Padded, source: Encoded) -> Tensor:
    """The decoder's own."""
    return decoder.loss(inputs, outputs, source, smoothing)


class Training:
    """Microseconds per real token of a whole step: forward, backward, fused Adam."""

    def __init__(self, loss: Loss, ordered: bool, device: torch.device, low: bool, adaptive: bool = False):
        scores = {"scores": AdaptiveScores} if adaptive else {}
        options = DecoderOptions(layers=StackOptions(residual=True), **scores)
        embedder = partial(TokenEmbedder, embedding_size=256)
        sizes = (WIDTH, VOCABULARY, embedder, DotAttention, "lstm", WIDTH, 2, 0.0, options)
        self.decoder = RecurrentDecoder(*sizes).to(device)
        self.optimizer = torch.optim.Adam(self.decoder.parameters(), lr=1e-4, fused=True)
        self.loss, self.device, self.low = loss, device, low
        self.batches = [self._batch(some.to(device)) for some in lengths(ordered)]
        self.warm = False

    def __call__(self, run: int) -> float:
        if not self.warm:  # oneDNN makes a kernel for every new shape
            self.warm = True
            for batch in self.batches:
                self._step(batch)
        spent = sum(seconds(partial(self._step, batch), self.device) for batch in self.batches)
        return spent / sum(int(inputs.lengths.sum()) for inputs, _, _ in self.batches) * 1e6

    def _batch(self, lengths: Tensor) -> tuple[Padded, Padded, Encoded]:
        # As frequent as Multi30k's 10,000 English words are: 79 % are among the first 500, 91 % among the first 2,500.
        shape = (len(lengths), int(lengths.max()))
        drawn = (
            torch.rand(2, *shape, device=self.device)
            .pow(1.67)
            .mul(math.log(VOCABULARY))
            .exp()
            .long()
            .clamp(max=VOCABULARY - 1)
        )
        memory = torch.randn(len(lengths), 14, WIDTH, device=self.device)
        source = Encoded(Padded(memory, torch.full_like(lengths, 14)), (memory[:, -1][None],))
        return Padded(drawn[0], lengths), Padded(drawn[1], lengths), source

    def _step(self, batch: tuple[Padded, Padded, Encoded]) -> None:
        self.optimizer.zero_grad()
        with torch.autocast(self.device.type, dtype=torch.bfloat16) if self.low else nullcontext():
            loss = self.loss(self.decoder, *batch)
        loss.backward()
        self.optimizer.step()


def output_layer(device: torch.device) -> list[Row]:
    """Training steps against torch's cross-entropy over padded steps of batches drawn at random, as nearly everybody
    trains, and over those of our own batches; in bf16 where the processor has it.
    """
    low = has_bfloat16(device)
    measured = interleaved(
        {
            "plain": Training(plain, True, device, False),
            "random": Training(plain, False, device, False),
            "ours": Training(partial(ours, SMOOTHING), True, device, low),
            "adaptive": Training(partial(ours, 0.0), True, device, low, adaptive=True),
        },
        RUNS,
    )
    kind = "bf16" if low else "float32"
    return [
        measured.row(f"decoder step, V=10,000, {kind}", "ours", "random", device, 1.6),
        measured.row(f"decoder step, V=10,000, {kind}, against the same batches", "ours", "plain", device),
        measured.row(f"decoder step, adaptive softmax, {kind}", "adaptive", "random", device, 3.0),
        measured.row(f"decoder step, adaptive softmax, {kind}, against the same batches", "adaptive", "plain", device),
    ]
