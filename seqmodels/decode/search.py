"""The search that all models write by: greedy, by a beam, or by drawing."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.decode.candidates import Candidates, best, drawn, normalised, obey
from seqmodels.decode.draft import Next
from seqmodels.decode.found import Closed, Found, ranked
from seqmodels.decode.sample import draws
from seqmodels.decode.settings import Search
from seqmodels.decode.trail import Trail
from seqmodels.types import BOS, EOS, PAD, Padded

LEAVE = 8  # sources leave the batch together, once they are a part of it so large: copying the others costs time


class Live(NamedTuple):
    """What is being written: K sequences for each of B sources.

    Args:
        numbers: (B,), which sources these are.
        left: (B,) bool, true where nothing is written any more.
        ended: (B,), sequences that came to their end.
        best: (B, count), the scores of the best of them, -inf where there are not so many.
        totals: (B, K), log p so far; -inf for what is no sequence.
        tokens: (B * K, U).
    """

    numbers: Tensor
    left: Tensor
    ended: Tensor
    best: Tensor
    totals: Tensor
    tokens: Tensor

    def rows(self, sources: Tensor) -> Tensor:
        """The rows of these sources (B',), all of each."""
        each = self.totals.shape[1]
        return (sources[:, None] * each + torch.arange(each, device=sources.device)).flatten()

    def sources(self, chosen: Tensor) -> "Live":
        """Only these sources, (B',)."""
        numbers, left, ended, best, totals = (part[chosen] for part in self[:5])
        return Live(numbers, left, ended, best, totals, self.tokens[self.rows(chosen)])


class Ids(NamedTuple):
    """Ids that have a meaning for a search.

    Args:
        eos: ends a sequence.
        never: are not written.
    """

    eos: int = EOS
    never: tuple[int, ...] = (PAD, BOS)


IDS = Ids()


@torch.no_grad()
def search(
    first: Next, sources: Padded, how: Search, ids: Ids = IDS, early: bool = True, repeats: Tensor | None = None
) -> Found:
    """What a model writes for B sources, all of them side by side.

    With a beam of k, the 2k best continuations of a source are looked at in every step: an end among the first k of
    them ends its sequence, and the first k without an end go on. A source is done when k of its sequences have ended;
    or before, when none of those that go on could get a better score than the ``count`` best that have ended: log p
    never grows, so that log p / max_length^length_penalty is the most that can come of it. The first rule is the usual
    one and no proof that nothing better goes on: with a length penalty, a longer sequence could still come to more.

    Args:
        first: what the model says of the first token, a row a source.
        sources: what was read, which decides with the seed what is drawn.
        how: the settings.
        ids: of the end, and those that are never written.
        early: whether a source may be done before k sequences have ended; that changes nothing but the time.
        repeats: (B,), how often each source was written for before, so that other draws come; never if not given.

    Example:
        >>> from seqmodels.decode import Search, begin
        >>> found = search(begin(decoder, encoder(inputs)), inputs, Search(beam_size=5))  # doctest: +SKIP
        >>> found.best().data.shape  # doctest: +SKIP
        torch.Size([32, 27])
    """
    batch = len(sources.lengths)
    if how.sampling is None:
        return _written(first, how, ids, None, early)
    before = None if repeats is None else repeats * how.count  # (B,)
    numbers = draws(how.sampling, sources, how.count, how.max_length, before).flatten(0, 1)  # (B * K, max_length)
    each = torch.arange(batch, device=first.scores.device).repeat_interleave(how.count)
    several = Next(first.scores[each], first.draft.sources(each))
    found = _written(several, how, ids, numbers, early)
    return Found(*(part.view(batch, how.count, *part.shape[2:]) for part in found))


def _written(first: Next, how: Search, ids: Ids, numbers: Tensor | None, early: bool) -> Found:
    """For every row of the first scores by itself; with numbers (B, max_length) to draw by, one sequence."""
    scores, draft = first
    batch, count = len(scores), how.count if numbers is None else 1
    live, trail, closed = _begun(scores, count), Trail(), []
    for length in range(1, how.max_length + 1):  # with the token that comes now
        candidates = _candidates(scores, live, how, ids, numbers)
        ends = _ends(candidates, live, how, ids.eos)
        closed.append(_closed(candidates, ends, live, how))
        live, parents = _grown(candidates, _counted(candidates, ends, live, how), how, ids.eos)
        trail.add(parents, draft.weights)
        live = live._replace(left=_done(live, how, early))
        there = (~live.left).nonzero()[:, 0]  # (B',)
        if not len(there) or length == how.max_length:
            break
        draft = draft.rows(parents) if how.beam_size > 1 else draft
        if len(there) * LEAVE <= len(live.left) * (LEAVE - 1):
            trail.choose(live.rows(there))
            live, draft = live.sources(there), draft.sources(there)
        scores, draft = draft.step(live.tokens[:, -1])
    return ranked([*closed, _cut(live, how)], trail, batch, count)


def _begun(scores: Tensor, count: int) -> Live:
    """Nothing as yet; in single precision at least."""
    totals = scores.new_zeros(len(scores), 1, dtype=torch.promote_types(scores.dtype, torch.float32))
    numbers = torch.arange(len(scores), device=scores.device)
    none = totals.new_full((len(scores), count), -torch.inf)
    return Live(numbers, numbers < 0, numbers * 0, none, totals, numbers.new_zeros(len(scores), 0))


def _candidates(scores: Tensor, live: Live, how: Search, ids: Ids, numbers: Tensor | None) -> Candidates:
    log_p = obey(normalised(scores.to(live.totals.dtype), ids.eos), live.tokens, how, ids.never, ids.eos)
    if numbers is None or how.sampling is None:
        return best(log_p, live.totals, 2 * how.beam_size)
    now = numbers[live.numbers.cpu(), live.tokens.shape[1]]  # (B,)
    return drawn(log_p, live.totals, now, how.sampling)


def _ends(candidates: Candidates, live: Live, how: Search, eos: int) -> Tensor:
    """(B, k) bool, true where one of the first of a source comes to its end."""
    ends = (candidates.tokens == eos) & (candidates.totals > -torch.inf) & ~live.left[:, None]
    return ends[:, : how.beam_size]


def _closed(candidates: Candidates, ends: Tensor, live: Live, how: Search) -> Closed:
    """The sequences that come to their end."""
    source, place = ends.nonzero(as_tuple=True)  # (F,)
    rows = source * live.totals.shape[1] + candidates.parents[source, place]
    scores = _scores(candidates.totals[source, place], live.tokens.shape[1] + 1, how)
    return Closed(live.numbers[source], scores, live.tokens[rows], rows, True)


def _counted(candidates: Candidates, ends: Tensor, live: Live, how: Search) -> Live:
    """With those that come to their end among the best that have."""
    scores = _scores(candidates.totals[:, : ends.shape[1]], live.tokens.shape[1] + 1, how)
    both = torch.cat([live.best, scores.masked_fill(~ends, -torch.inf)], dim=1)
    return live._replace(ended=live.ended + ends.sum(dim=1), best=both.topk(live.best.shape[1]).values)


def _grown(candidates: Candidates, live: Live, how: Search, eos: int) -> tuple[Live, Tensor]:
    """The first k that have no end, and which rows (B * k,) they go on."""
    ends = candidates.tokens == eos  # (B, M)
    order = ends.long().argsort(dim=1, stable=True)[:, : how.beam_size]
    more = (0, how.beam_size - order.shape[1])  # where there are not k tokens in all
    totals = F.pad(candidates.totals.masked_fill(ends, -torch.inf).gather(1, order), more, value=-torch.inf)
    parents, tokens = (F.pad(part.gather(1, order), more) for part in candidates[1:])  # (B, k)
    before = torch.arange(len(parents), device=parents.device)[:, None] * live.totals.shape[1]
    rows = (before + parents).flatten()  # (B * k,)
    written = torch.cat([live.tokens[rows], tokens.view(-1, 1)], dim=1)
    return live._replace(totals=totals, tokens=written), rows


def _done(live: Live, how: Search, early: bool) -> Tensor:
    """(B,) bool, true for sources of which nothing is to be written any more."""
    most = live.totals.amax(dim=1)  # (B,)
    done = live.left | (live.ended >= how.beam_size) | (most == -torch.inf)
    if not early:
        return done
    worst = live.best[:, -1]  # (B,), of the best
    return done | ((worst >= _scores(most, how.max_length, how)) & (worst > -torch.inf))


def _cut(live: Live, how: Search) -> Closed:
    """What has not come to its end by now."""
    source, place = ((live.totals > -torch.inf) & ~live.left[:, None]).nonzero(as_tuple=True)
    rows = source * live.totals.shape[1] + place
    scores = _scores(live.totals[source, place], live.tokens.shape[1], how)
    return Closed(live.numbers[source], scores, live.tokens[rows], rows, False)


def _scores(totals: Tensor, length: int, how: Search) -> Tensor:
    return totals / length**how.length_penalty
