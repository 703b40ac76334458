"""The LSTM over rows, forward and backward by hand."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.products import add_product, put_product
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.nn.sigmoid import sigmoid_


class LstmRows(torch.autograd.Function):
    """i, f, o = σ(...), g = tanh(...), each of W x_t + b + U h_{t-1} + b'; c_t = f·c_{t-1} + i·g; h_t = o·tanh(c_t).

    Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates lie in torch's order i, f, g, o. The
    products with the inputs are one matrix product for all steps, and so are the gradients of all weights. In the
    backward pass every factor that does not depend on a later step is made for all steps at once.

    Example:
        >>> outputs, last, cell = LstmRows.apply(rows, h0, c0, w, u, b, bu, layout, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        h0: Tensor,
        c0: Tensor,
        w: Tensor,
        u: Tensor,
        b: Tensor,
        bu: Tensor,
        layout: Layout,
        reverse: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """x (N, D), h0 and c0 (B, H) in the layout's order → outputs (N, H), last h and c (B, H)."""
        width = h0.shape[1]
        gates = torch.addmm(b + bu, x, w.t())  # (N, 4H)
        outputs, cells, squashed = (x.new_empty(len(x), width) for _ in range(3))  # (N, H)
        h, c, u_t = h0.clone(), c0.clone(), u.t()
        for size, gate, out, cell, squash in layout.steps(reverse, gates, outputs, cells, squashed):
            state, carried = h[:size], c[:size]
            add_product(size, gate, state, u_t)
            sigmoid_(gate[:, : 2 * width])
            gate[:, 2 * width : 3 * width].tanh_()
            sigmoid_(gate[:, 3 * width :])
            i, f, g, o = gate.chunk(4, dim=1)
            torch.mul(f, carried, out=cell).addcmul_(i, g)
            carried.copy_(cell)
            torch.tanh(cell, out=squash)
            state.copy_(torch.mul(o, squash, out=out))
        ctx.save_for_backward(x, h0, c0, w, u, gates, outputs, cells, squashed)
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, h, c

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, dh_last: Tensor, dc_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, c0, w, u, gates, outputs, cells, squashed = ctx.saved_tensors
        layout, reverse = ctx.layout, ctx.reverse
        index = layout.after if reverse else layout.before
        previous = torch.cat([outputs, h0]).index_select(0, index)  # (N, H)
        i, f, g, o = gates.chunk(4, dim=1)
        to_cell = o * (1 - squashed * squashed)  # (N, H), dc for a unit of dh
        # What each gate's sum gets for a unit of dc (i, f, g) and of dh (o).
        factors = torch.cat(
            [g * i * (1 - i), torch.cat([cells, c0]).index_select(0, index) * f * (1 - f), i * (1 - g * g)], 1
        )
        of_output = squashed * o * (1 - o)  # (N, H)
        d_gates = torch.empty_like(gates)  # (N, 4H)
        dh, dc = dh_last.clone(), dc_last.clone()  # (B, H)
        width = h0.shape[1]
        parts = (d_outputs, to_cell, factors, of_output, f, d_gates)
        for size, d_out, k_cell, k_gates, k_out, keep, d_gate in layout.steps(not reverse, *parts):
            state, carried = dh[:size], dc[:size]
            state.add_(d_out)
            carried.addcmul_(state, k_cell)
            torch.mul(
                carried[:, None], k_gates.unflatten(1, (3, width)), out=d_gate[:, : 3 * width].unflatten(1, (3, width))
            )
            torch.mul(state, k_out, out=d_gate[:, 3 * width :])
            carried.mul_(keep)
            put_product(size, d_gate, u, state)
        bias = d_gates.sum(dim=0)
        return d_gates @ w, dh, dc, d_gates.t() @ x, d_gates.t() @ previous, bias, bias, None, None
