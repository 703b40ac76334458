"""The GRU over rows, forward and backward by hand."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.products import add_product, put_product
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.nn.sigmoid import sigmoid_


class GruRows(torch.autograd.Function):
    """r, z = σ(W x_t + b + U h_{t-1} + b'); n = tanh(W x_t + b + r·(U h_{t-1} + b')); h_t = (1 - z)·n + z·h_{t-1}.

    The GRU of torch and cuDNN, with the reset gate behind the recurrent product. The products with
    the inputs are one matrix product for all steps, and so are the gradients of all weights. In the backward pass every
    factor that does not depend on a later step is made for all steps at once.

    Example:
        >>> outputs, last = GruRows.apply(rows, h0, w, u, b, bu, layout, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h0: Tensor, w: Tensor, u: Tensor, b: Tensor, bu: Tensor, layout: Layout, reverse: bool
    ) -> tuple[Tensor, Tensor]:
        """x (N, D), h0 (B, H) in the layout's order → outputs (N, H), last states (B, H)."""
        two = 2 * h0.shape[1]
        gates = torch.addmm((b + bu)[:two], x, w[:two].t())  # (N, 2H): r, z
        new = torch.addmm(b[two:], x, w[two:].t())  # (N, H): n
        reset, outputs = torch.empty_like(new), torch.empty_like(new)  # (N, H): U h + b', and h
        h, u_gates, u_new, b_new = h0.clone(), u[:two].t(), u[two:].t(), bu[two:]
        for size, gate, n, recurrent, out in layout.steps(reverse, gates, new, reset, outputs):
            state = h[:size]
            r, z = sigmoid_(add_product(size, gate, state, u_gates)).chunk(2, dim=1)
            put_product(size, state, u_new, recurrent, b_new)
            n.addcmul_(r, recurrent).tanh_()
            state.copy_(torch.lerp(n, state, z, out=out))
        ctx.save_for_backward(x, h0, w, u, gates, new, reset, outputs)
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, h

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, d_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, w, u, gates, new, reset, outputs = ctx.saved_tensors
        layout, reverse = ctx.layout, ctx.reverse
        previous = torch.cat([outputs, h0]).index_select(0, layout.after if reverse else layout.before)  # (N, H)
        r, z = gates.chunk(2, dim=1)
        k_new = (1 - z) * (1 - new * new)  # (N, H), what n's sum gets for a unit of dh
        k_update = (previous - new) * z * (1 - z)  # z's
        k_reset = k_new * reset * r * (1 - r)  # r's
        # Gradients of the sums r, z and n that wait for U; those of the input's n differ by the factor r.
        factors = torch.cat([k_reset, k_update, k_new * r], dim=1)  # (N, 3H)
        d_sums = torch.empty_like(factors)  # (N, 3H)
        d_states = torch.empty_like(outputs)  # (N, H), dh at every step
        dh, width = d_last.clone(), h0.shape[1]
        for size, d_out, k, keep, d_sum, d_state in layout.steps(not reverse, d_outputs, factors, z, d_sums, d_states):
            state = dh[:size]
            torch.add(state, d_out, out=d_state)
            torch.mul(d_state[:, None], k.unflatten(1, (3, width)), out=d_sum.unflatten(1, (3, width)))
            add_product(size, torch.mul(d_state, keep, out=state), d_sum, u)
        d_inputs = torch.cat([d_sums[:, : 2 * width], d_states * k_new], dim=1)  # (N, 3H)
        return (
            d_inputs @ w,
            dh,
            d_inputs.t() @ x,
            d_sums.t() @ previous,
            d_inputs.sum(dim=0),
            d_sums.sum(dim=0),
            None,
            None,
        )
