"""The LSTM with layer normalization over rows, forward and backward by hand."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.products import put_product
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.nn.sigmoid import sigmoid_

EPS = 1e-5


class LayerNormLstmRows(torch.autograd.Function):
    """i, f, o = σ(·), g = tanh(·) of LN(W x_t; γ) + LN(U h_{t-1}; γ') + b; c_t = f·c_{t-1} + i·g.

    h_t = o·tanh(LN(c_t; γ'', β)), where LN(v; γ, β) = γ·(v - mean(v)) / sqrt(var(v) + 1e-5) + β over one row, β being 0
    if not named. Ba, Kiros & Hinton 2016 (arXiv 1607.06450), equations 20 to 22: the LN of a product runs over all
    4H sums, whose one bias is b. Gates lie in torch's order i, f, g, o. W x is normalized for all steps at once.

    Example:
        >>> given = weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c  # doctest: +SKIP
        >>> outputs, last, cell = LayerNormLstmRows.apply(rows, h0, c0, *given, layout, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        h0: Tensor,
        c0: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias: Tensor,
        gain_ih: Tensor,
        gain_hh: Tensor,
        gain_c: Tensor,
        bias_c: Tensor,
        layout: Layout,
        reverse: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """x (N, D), h0 and c0 (B, H) in the layout's order → outputs (N, H), last h and c (B, H)."""
        width = h0.shape[1]
        inputs = x @ weight_ih.t()  # (N, 4H)
        gates, *of_inputs = torch.native_layer_norm(inputs, [4 * width], gain_ih, bias, EPS)  # (N, 4H), two (N, 1)
        products = torch.empty_like(gates)  # (N, 4H)
        outputs, cells, squashed = (x.new_empty(len(x), width) for _ in range(3))  # (N, H)
        h, c, u_t, moments = h0.clone(), c0.clone(), weight_hh.t(), []
        for size, gate, product, out, cell, squash in layout.steps(reverse, gates, products, outputs, cells, squashed):
            state, carried = h[:size], c[:size]
            put_product(size, state, u_t, product)
            normal, *of_product = torch.native_layer_norm(product, [4 * width], gain_hh, None, EPS)
            gate.add_(normal)
            sigmoid_(gate[:, : 2 * width])
            gate[:, 2 * width : 3 * width].tanh_()
            sigmoid_(gate[:, 3 * width :])
            i, f, g, o = gate.chunk(4, dim=1)
            torch.mul(f, carried, out=cell).addcmul_(i, g)
            carried.copy_(cell)
            normal, *of_cell = torch.native_layer_norm(cell, [width], gain_c, bias_c, EPS)
            torch.tanh(normal, out=squash)
            state.copy_(torch.mul(o, squash, out=out))
            moments.append((*of_product, *of_cell))
        # Means and deviations of all rows in the order of time.
        of_steps = (torch.cat(part) for part in zip(*(moments[::-1] if reverse else moments), strict=True))  # (N, 1)
        ctx.save_for_backward(
            *(x, h0, c0, weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c),
            *(inputs, gates, products, outputs, cells, squashed, *of_inputs, *of_steps),
        )
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, h, c

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, dh_last: Tensor, dc_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, c0, weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c, *made = ctx.saved_tensors
        inputs, gates, products, outputs, cells, squashed, *moments = made
        layout, reverse, width = ctx.layout, ctx.reverse, h0.shape[1]
        index = layout.after if reverse else layout.before
        # At first what a unit of dc or dh gives, and step by step what there is of it: memory is what costs here.
        d_sums = _of_sums(gates, squashed, torch.cat([cells, c0]).index_select(0, index))  # (N, 4H)
        d_normals = torch.addcmul(x.new_ones(()), squashed, squashed, value=-1).mul_(gates[:, 3 * width :])  # (N, H)
        d_products = torch.empty_like(products)  # (N, 4H)
        dh, dc, forget = dh_last.clone(), dc_last.clone(), gates[:, width : 2 * width]  # (B, H), (B, H), (N, H)
        parts = (d_outputs, forget, cells, products, *moments[2:], d_sums, d_normals, d_products)
        for size, d_out, keep, cell, product, mean, rstd, mean_c, rstd_c, d_sum, d_normal, d_product in layout.steps(
            not reverse, *parts
        ):
            state, carried = dh[:size], dc[:size]
            d_normal.mul_(state.add_(d_out))
            carried.add_(_through(d_normal, cell, mean_c, rstd_c, gain_c))
            d_sum[:, : 3 * width].unflatten(1, (3, width)).mul_(carried[:, None])
            d_sum[:, 3 * width :].mul_(state)
            carried.mul_(keep)
            d_product.copy_(_through(d_sum, product, mean, rstd, gain_hh))
            put_product(size, d_product, weight_hh, state)
        previous = torch.cat([outputs, h0]).index_select(0, index)  # (N, H)
        d_input, d_gain_ih, d_bias = torch.ops.aten.native_layer_norm_backward(
            d_sums, inputs, [4 * width], *moments[:2], gain_ih, bias, [True, True, True]
        )
        d_gain_hh = _of_gain(d_sums, products, moments[2], moments[3], gain_hh, gain_hh)[0]
        d_gain_c, d_bias_c = _of_gain(d_normals, cells, moments[4], moments[5], gain_c, bias_c)
        of_weights = d_input.t() @ x, d_products.t() @ previous, d_bias, d_gain_ih, d_gain_hh, d_gain_c, d_bias_c
        return d_input @ weight_ih, dh, dc, *of_weights, None, None


def _of_sums(gates: Tensor, squashed: Tensor, previous: Tensor) -> Tensor:
    """(N, 4H): what the sums of i, f and g get for a unit of dc, and that of o for a unit of dh."""
    i, f, g, o = gates.chunk(4, dim=1)
    factors = torch.empty_like(gates)
    of_i, of_f, of_g, of_o = factors.chunk(4, dim=1)
    torch.addcmul(i, i, i, value=-1, out=of_i).mul_(g)  # g·i·(1 - i)
    torch.addcmul(f, f, f, value=-1, out=of_f).mul_(previous)  # c·f·(1 - f)
    torch.addcmul(gates.new_ones(()), g, g, value=-1, out=of_g).mul_(i)  # i·(1 - g²)
    torch.addcmul(o, o, o, value=-1, out=of_o).mul_(squashed)  # tanh·o·(1 - o)
    return factors


def _through(grad: Tensor, value: Tensor, mean: Tensor, rstd: Tensor, gain: Tensor) -> Tensor:
    """The gradient of a value whose LN has the gradient ``grad``."""
    return torch.ops.aten.native_layer_norm_backward(
        grad, value, value.shape[1:], mean, rstd, gain, None, [True, False, False]
    )[0]


def _of_gain(
    grad: Tensor, value: Tensor, mean: Tensor, rstd: Tensor, gain: Tensor, bias: Tensor
) -> tuple[Tensor, Tensor]:
    """The gradients of gain and bias of an LN, over all rows; torch adds them up by thread, so they depend on that."""
    return torch.ops.aten.native_layer_norm_backward(
        grad, value, value.shape[1:], mean, rstd, gain, bias, [False, True, True]
    )[1:]
