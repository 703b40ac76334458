"""Where a recurrence looks in what it has read itself."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.linear import Linear
from seqmodels.nn.precision import at_least_single
from seqmodels.nn.softmax import softmax
from seqmodels.types import Padded, Positive, State

SHARPNESS = 15.0  # τ to begin with; a cache of a plain LSTM's states is best at about 20
BLOCK = 256  # steps at a time that look back, so that a long sequence takes no more memory for each of them


class LookBack(nn.Module):
    """What followed on like places before: attention to a sequence's own past.

    With h_t what a recurrence knows behind x_1 … x_t, and keys k_t = W h_t / |W h_t|:

        a_tj ∝ exp(τ k_t · k_{j-1}) for the last N steps j ≤ t, and exp(τ k_t · n) for none of them
        r_t = Σ_j a_tj x_j

    A key is what was known before a step, its value the step that then came, so the first step of all is never found.
    Key and value are apart as in Daniluk et al. 2017 (section 3.2), places are compared as in the continuous cache of
    Grave, Joulin & Usunier 2017 (section 3), but learnt. So a name that was read once is spelt to its end when it
    begins again.

    What is kept from call to call are the last N keys (1, B, N, K) and inputs (1, B, N, D), and how many of them there
    are, (1, B, 1) int64.

    Args:
        input_size: width D of x.
        state_size: width H of h.
        window: N, how many steps are looked back.
        key_size: K.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.attention import LookBack
        >>> x, h = torch.zeros(2, 5, 8), torch.zeros(2, 5, 16)
        >>> read, kept = LookBack(8, 16, window=100)(Padded(x, torch.tensor([5, 3])), h)
        >>> read.shape, kept[-1].flatten().tolist()
        (torch.Size([2, 5, 8]), [5, 3])
    """

    KEPT = 3  # tensors

    def __init__(self, input_size: Positive, state_size: Positive, window: Positive = 512, key_size: Positive = 128):
        super().__init__()
        self.window = window
        self.key = Linear(state_size, key_size, bias=False)  # W
        self.nothing = nn.Parameter(torch.randn(key_size) / math.sqrt(key_size))  # n
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS).log())  # log τ

    def forward(self, inputs: Padded, states: Tensor, kept: State | None = None) -> tuple[Tensor, State]:
        """What was found (B, T, D), and what to keep for the steps that come.

        Args:
            inputs: x (B, T, D); what stands past the ends is not read.
            states: h (B, T, H), zero past every end.
            kept: by the call before, whatever its window; nothing if not given.
        """
        keys = F.normalize(at_least_single(self.key(states)), dim=-1)  # (B, T, K)
        values = inputs.zeroed().data.to(keys.dtype)  # (B, T, D)
        if kept is None:
            kept = (
                keys.new_zeros(1, len(keys), 0, keys.shape[2]),
                values[None, :, :0],
                inputs.lengths[None, :, None] * 0,
            )
        count = kept[2][0, :, 0].clamp(max=self.window)  # (B,)
        all_keys, all_values = (  # (B, N + T, ...)
            torch.cat([self._window(part[0]).to(now.dtype), now], 1)
            for part, now in zip(kept[:2], (keys, values), strict=True)
        )
        found = []
        for at in range(0, keys.shape[1], BLOCK):
            queries = keys[:, at : at + BLOCK]
            end = at + self.window + queries.shape[1]
            unread = self.window - count - at  # (B,): places without a key
            found.append(self._found(queries, all_keys[:, at : end - 1], all_values[:, at + 1 : end], unread))
        last = [self._last(part, inputs.lengths)[None] for part in (all_keys, all_values)]
        return torch.cat(found, 1), (*last, (count + inputs.lengths).clamp(max=self.window)[None, :, None])

    def _found(self, queries: Tensor, keys: Tensor, values: Tensor, unread: Tensor) -> Tensor:
        """Σ_j a_tj x_j (B, T, D), of queries (B, T, K), and of N + T - 1 keys and values, one behind another."""
        steps, places = queries.shape[1], torch.arange(keys.shape[1], device=keys.device)  # (N + T - 1,)
        ahead = places - torch.arange(steps, device=keys.device)[:, None]  # (T, N + T - 1): from the oldest in sight
        seen = (ahead >= 0) & (ahead < self.window)
        if int(unread.max()) > 0:
            seen = seen & (places >= unread[:, None])[:, None]  # (B, T, N + T - 1)
        keys = torch.cat([self.nothing.to(keys.dtype).expand(len(keys), 1, -1), keys], 1)  # (B, N + T, K)
        sharpness = self.sharpness.exp().expand(keys.shape[2])  # by numbers of a key, or its gradient were one long sum
        with torch.autocast(keys.device.type, enabled=False):  # a score of 15 has no digit behind the point in bf16
            scores = (queries * sharpness) @ keys.transpose(1, 2)  # (B, T, N + T)
            weights = softmax(scores.masked_fill(~F.pad(seen, (1, 0), value=True), -math.inf))
        return weights[:, :, 1:] @ values

    def _window(self, kept: Tensor) -> Tensor:
        """The last N steps that were kept (B, N, ...), zeros for what was not: another window may have kept them."""
        return F.pad(kept[:, -self.window :], (0, 0, max(self.window - kept.shape[1], 0), 0))

    def _last(self, part: Tensor, lengths: Tensor) -> Tensor:
        """The last N of each sequence (B, N, ...), of what was kept and what was read (B, N + T, ...)."""
        if int(lengths.min()) == part.shape[1] - self.window:
            return part[:, -self.window :].clone()  # alone, or a checkpoint has the others, too
        places = lengths[:, None] + torch.arange(self.window, device=lengths.device)  # (B, N)
        return part.gather(1, places[:, :, None].expand(-1, -1, part.shape[2]))
