"""The GRU with its reset gate before the recurrent product, over rows, forward and backward by hand."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.products import add_product, put_product
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.nn.sigmoid import sigmoid_


class GruResetBeforeRows(torch.autograd.Function):
    """r, z = σ(W x_t + b + U h_{t-1}); n = tanh(W x_t + b + U (r·h_{t-1})); h_t = (1 - z)·n + z·h_{t-1}.

    The GRU of Cho et al. 2014 (arXiv 1406.1078) written as torch writes its own: gates in the order r, z, n, and z
    keeps the old state. Each step has two products that wait for one another, first for r and z, then for n. The
    products with the inputs are one matrix product for all steps, and so are the gradients of all weights. In the
    backward pass every factor that does not depend on a later step is made for all steps at once.

    Example:
        >>> outputs, last = GruResetBeforeRows.apply(rows, h0, w, u, b, layout, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h0: Tensor, w: Tensor, u: Tensor, b: Tensor, layout: Layout, reverse: bool
    ) -> tuple[Tensor, Tensor]:
        """x (N, D), h0 (B, H) in the layout's order → outputs (N, H), last states (B, H)."""
        two = 2 * h0.shape[1]
        # Two tensors and not one: the products of a step then write to whole rows.
        gates = torch.addmm(b[:two], x, w[:two].t())  # (N, 2H): r, z
        new = torch.addmm(b[two:], x, w[two:].t())  # (N, H): n
        outputs = torch.empty_like(new)  # (N, H)
        h, kept, u_gates, u_new = h0.clone(), torch.empty_like(h0), u[:two].t(), u[two:].t()
        for size, gate, n, out in layout.steps(reverse, gates, new, outputs):
            state = h[:size]
            r, z = sigmoid_(add_product(size, gate, state, u_gates)).chunk(2, dim=1)
            add_product(size, n, torch.mul(r, state, out=kept[:size]), u_new).tanh_()
            state.copy_(torch.lerp(n, state, z, out=out))
        ctx.save_for_backward(x, h0, w, u, gates, new, outputs)
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, h

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, d_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, w, u, gates, new, outputs = ctx.saved_tensors
        layout, reverse, width = ctx.layout, ctx.reverse, h0.shape[1]
        previous = torch.cat([outputs, h0]).index_select(0, layout.after if reverse else layout.before)  # (N, H)
        r, z = gates.chunk(2, dim=1)
        # At first what the sums of z and n get for a unit of dh, and that of r for a unit of d(r·h); step by step what
        # there is of it: memory is what costs here.
        d_sums = torch.empty((len(x), 3 * width), dtype=x.dtype, device=x.device)  # (N, 3H): r, z, n
        of_r, of_z, of_n = d_sums.chunk(3, dim=1)
        kept = r * previous  # (N, H), what U of n was multiplied with
        torch.addcmul(kept, kept, r, value=-1, out=of_r)  # h·r·(1 - r)
        torch.addcmul(z, z, z, value=-1, out=of_z).mul_(previous - new)  # (h - n)·z·(1 - z)
        torch.addcmul(x.new_ones(()), new, new, value=-1, out=of_n).addcmul_(of_n, z, value=-1)  # (1 - z)·(1 - n²)
        dh, buffer = d_last.clone(), torch.empty_like(h0)  # (B, H)
        u_gates, u_new = u[: 2 * width], u[2 * width :]
        for size, d_out, r_t, z_t, d_sum in layout.steps(not reverse, d_outputs, r, z, d_sums):
            state, d_kept = dh[:size], buffer[:size]
            state.add_(d_out)
            d_sum[:, width:].unflatten(1, (2, width)).mul_(state[:, None])
            put_product(size, d_sum[:, 2 * width :], u_new, d_kept)
            d_sum[:, :width].mul_(d_kept)
            add_product(size, state.mul_(z_t).addcmul_(d_kept, r_t), d_sum[:, : 2 * width], u_gates)
        d_u = torch.cat([d_sums[:, : 2 * width].t() @ previous, d_sums[:, 2 * width :].t() @ kept])  # (3H, H)
        return d_sums @ w, dh, d_sums.t() @ x, d_u, d_sums.sum(dim=0), None, None
