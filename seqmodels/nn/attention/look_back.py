"""Where a recurrence looks in what it has read itself."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.linear import Linear
from seqmodels.nn.precision import at_least_single
from seqmodels.types import Padded, Positive, State

SHARPNESS = 15.0  # τ to begin with; a cache of a plain LSTM's states is best at about 20


class LookBack(nn.Module):
    """What followed on like places before: attention to a sequence's own past.

    With h_t what a recurrence knows behind x_1 … x_t, and keys k_t = W h_t / |W h_t|:

        a_tj ∝ exp(τ k_t · k_{j-1}) for the last N steps j ≤ t, and exp(τ k_t · n) for none of them
        r_t = Σ_j a_tj x_j

    A key is what was known before a step, its value the step that then came: key and value apart as in Daniluk et al.
    2017 (section 3.2), places compared as in the continuous cache of Grave, Joulin & Usunier 2017 (section 3), but
    learnt. So a name that was read once is spelt to its end when it begins again.

    What is kept from call to call are the last N keys (1, B, N, K) and inputs (1, B, N, D), and how many of them there
    are, (1, B, 1) int64. Gradients end there.

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
            kept: by the call before; nothing if not given.
        """
        keys = F.normalize(at_least_single(self.key(states)), dim=-1)  # (B, T, K)
        values = inputs.zeroed().data  # (B, T, D)
        batch, window = len(values), self.window
        if kept is None:
            before = keys.new_zeros(batch, window, keys.shape[2]), values.new_zeros(batch, window, values.shape[2])
            count = inputs.lengths.new_zeros(batch)
        else:
            before, count = (kept[0][0].to(keys.dtype), kept[1][0].to(values.dtype)), kept[2][0, :, 0]
        all_keys, all_values = torch.cat([before[0], keys], 1), torch.cat([before[1], values], 1)  # (B, N + T, ...)
        found = self._found(keys, all_keys[:, :-1], all_values[:, 1:], count)
        last = [self._last(part, inputs.lengths).detach()[None] for part in (all_keys, all_values)]
        return found, (*last, (count + inputs.lengths).clamp(max=window)[None, :, None])

    def _found(self, queries: Tensor, keys: Tensor, values: Tensor, count: Tensor) -> Tensor:
        """Σ_j a_tj x_j (B, T, D), of queries (B, T, K), and of N + T - 1 keys and values, one behind another."""
        steps, places = queries.shape[1], torch.arange(keys.shape[1], device=keys.device)  # (N + T - 1,)
        ahead = places - torch.arange(steps, device=keys.device)[:, None]  # (T, N + T - 1): from the oldest in sight
        seen = (ahead >= 0) & (ahead < self.window)
        if int(count.min()) < self.window:
            seen = seen & (places >= self.window - count[:, None])[:, None]  # (B, T, N + T - 1): a key was kept
        keys = torch.cat([self.nothing.to(keys.dtype).expand(len(keys), 1, -1), keys], 1)  # (B, N + T, K)
        scores = (queries * self.sharpness.exp()) @ keys.transpose(1, 2)  # (B, T, N + T)
        weights = scores.masked_fill(~F.pad(seen, (1, 0), value=True), -math.inf).softmax(-1)
        return weights[:, :, 1:] @ values

    def _last(self, part: Tensor, lengths: Tensor) -> Tensor:
        """The last N of each sequence (B, N, ...), of what was kept and what was read (B, N + T, ...)."""
        if int(lengths.min()) == part.shape[1] - self.window:
            return part[:, -self.window :]
        places = lengths[:, None] + torch.arange(self.window, device=lengths.device)  # (B, N)
        return part.gather(1, places[:, :, None].expand(-1, -1, part.shape[2]))
