"""The simple RNN over rows, forward and backward by hand."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.products import add_product, put_product
from seqmodels.nn.recurrence.layout import Layout


class RnnRows(torch.autograd.Function):
    """h_t = tanh(W x_t + b + U h_{t-1} + b') (Elman 1990), or relu for tanh.

    The products with the inputs are one matrix product for all steps, and so are the gradients of all weights; only
    U h_{t-1} and what hangs on it waits for the step before.

    Example:
        >>> outputs, last = RnnRows.apply(rows, h0, w, u, b, bu, layout, False, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        h0: Tensor,
        w: Tensor,
        u: Tensor,
        b: Tensor,
        c: Tensor,
        layout: Layout,
        reverse: bool,
        relu: bool,
    ) -> tuple[Tensor, Tensor]:
        """x (N, D), h0 (B, H) in the layout's order → outputs (N, H), last states (B, H)."""
        outputs = torch.addmm(b + c, x, w.t())  # (N, H)
        h, u_t = h0.clone(), u.t()
        for size, out in layout.steps(reverse, outputs):
            state = h[:size]
            total = add_product(size, out, state, u_t)
            state.copy_(total.relu_() if relu else total.tanh_())
        ctx.save_for_backward(x, h0, w, u, outputs)
        ctx.layout, ctx.reverse, ctx.relu = layout, reverse, relu
        return outputs, h

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, d_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, w, u, outputs = ctx.saved_tensors
        layout, reverse = ctx.layout, ctx.reverse
        slope = (outputs > 0).to(outputs.dtype) if ctx.relu else 1 - outputs * outputs  # (N, H)
        d_sums = torch.empty_like(outputs)  # (N, H), of what stands inside tanh
        dh = d_last.clone()  # (B, H)
        for size, d_out, k, d_sum in layout.steps(not reverse, d_outputs, slope, d_sums):
            state = dh[:size]
            torch.mul(state.add_(d_out), k, out=d_sum)
            put_product(size, d_sum, u, state)
        previous = torch.cat([outputs, h0]).index_select(0, layout.after if reverse else layout.before)  # (N, H)
        bias = d_sums.sum(dim=0)
        return d_sums @ w, dh, d_sums.t() @ x, d_sums.t() @ previous, bias, bias, None, None, None
