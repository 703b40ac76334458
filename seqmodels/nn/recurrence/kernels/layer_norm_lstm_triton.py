"""The LSTM with layer normalization over rows on a GPU, all steps in one kernel."""

import functools
import os
import shutil
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.kernels.layer_norm_lstm import EPS
from seqmodels.nn.recurrence.layout import Layout

WIDTHS = (16, 32, 64, 128, 256, 512)
DTYPES = (torch.float32, torch.bfloat16)
ROWS = 16  # sequences to a program, the least that a product of Triton's has


def fits(rows: Tensor, width: int) -> bool:
    """Whether ``LayerNormLstmTriton`` can run these rows (N, D) with this H.

    Example:
        >>> fits(torch.zeros(3, 8), 16)
        False
    """
    if not (rows.is_cuda and width in WIDTHS and rows.dtype in DTYPES and _triton_at_hand()):
        return False
    return torch.cuda.get_device_capability(rows.device) >= (8, 0)  # the first to multiply bfloat16


@functools.cache
def _triton_at_hand() -> bool:
    """Whether Triton is there, and the C compiler with which it makes what launches a kernel."""
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang")
    return find_spec("triton") is not None and compiler is not None


class LayerNormLstmTriton(torch.autograd.Function):
    """Like ``LayerNormLstmRows``, whose equations, arguments and results these are, for what ``fits``.

    W x and its LN are made for all rows at once, as are the gradients of weights, gains and biases; the steps between
    run in ``forward_kernel`` and ``backward_kernel``, without a launch or a pass through memory for each operation.
    Sums are float32 in any dtype, and so is c from step to step.

    Example:
        >>> given = weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c  # doctest: +SKIP
        >>> outputs, last, cell = LayerNormLstmTriton.apply(rows, h0, c0, *given, layout, False)  # doctest: +SKIP
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
        from seqmodels.nn.recurrence.kernels.layer_norm_lstm_forward import forward_kernel

        (batch, width), count = h0.shape, len(x)
        inputs = x @ weight_ih.t()  # (N, 4H)
        gates, *of_inputs = torch.native_layer_norm(inputs, [4 * width], gain_ih, bias, EPS)  # (N, 4H), two (N, 1)
        normals = torch.empty_like(gates)  # (N, 4H)
        outputs, cells, normals_c = (x.new_empty(count, width) for _ in range(3))  # (N, H)
        rstds = torch.empty(2, count, device=x.device)  # (2, N)
        h, c = _fresh(h0), _fresh(c0)
        tables = _tables(layout, x.device)
        with torch.cuda.device_of(x):
            forward_kernel[_programs(batch)](
                *(gates, weight_hh.t().contiguous(), gain_hh, gain_c, bias_c, h, c, *tables),
                *(normals, outputs, cells, normals_c, rstds, count, batch, EPS),
                **_options(reverse, width),
            )
        ctx.save_for_backward(
            *(x, h0, c0, weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c),
            *(inputs, *of_inputs, gates, normals, outputs, cells, normals_c, rstds, *tables),
        )
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, h, c

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, dh_last: Tensor, dc_last: Tensor) -> tuple[Tensor | None, ...]:
        from seqmodels.nn.recurrence.kernels.layer_norm_lstm_backward import backward_kernel

        x, h0, c0, weight_ih, weight_hh, bias, gain_ih, gain_hh, gain_c, bias_c, *made = ctx.saved_tensors
        inputs, mean, rstd, gates, normals, outputs, cells, normals_c, rstds, *tables = made
        (batch, width), count = h0.shape, len(x)
        index = ctx.layout.after if ctx.reverse else ctx.layout.before
        d_sums, d_products, d_normals = (torch.empty_like(like) for like in (gates, gates, outputs))
        dh, dc = _fresh(dh_last), _fresh(dc_last)
        with torch.cuda.device_of(x):
            backward_kernel[_programs(batch)](
                *(d_outputs.contiguous(), dh, dc, weight_hh.contiguous(), gain_hh, gain_c, bias_c, gates, normals),
                *(torch.cat([cells, c0]).index_select(0, index), normals_c, rstds, *tables),
                *(d_sums, d_products, d_normals, count, batch),
                **_options(ctx.reverse, width),
            )
        previous = torch.cat([outputs, h0]).index_select(0, index)  # (N, H)
        d_input, d_gain_ih, d_bias = torch.ops.aten.native_layer_norm_backward(
            d_sums, inputs, [4 * width], mean, rstd, gain_ih, bias, [True, True, True]
        )
        of_gains = (d_sums * normals).sum(0), (d_normals * normals_c).sum(0), d_normals.sum(0)
        of_weights = d_input.t() @ x, d_products.t() @ previous, d_bias, d_gain_ih, *of_gains
        return d_input @ weight_ih, dh, dc, *of_weights, None, None


def _fresh(state: Tensor) -> Tensor:
    """A copy for a kernel to write into."""
    return state.clone(memory_format=torch.contiguous_format)


def _tables(layout: Layout, device: torch.device) -> tuple[Tensor, Tensor]:
    """(T,) the first row of each step, and (B,) the lengths in the layout's order."""
    sizes = torch.tensor(layout.sizes, device=device)  # (T,)
    there = sizes[:, None] > torch.arange(layout.sizes[0], device=device)  # (T, B)
    return sizes.cumsum(0) - sizes, there.sum(0, dtype=torch.int32)


def _programs(batch: int) -> tuple[int]:
    return (-(-batch // ROWS),)


def _options(reverse: bool, width: int) -> dict[str, Any]:
    """What a kernel is compiled for; two slices of the weights have to fit into shared memory."""
    return {
        "REVERSE": reverse,
        "H": width,
        "ROWS": ROWS,
        "SLICE": min(32, width),
        "num_warps": min(16, max(4, width // 16)),
        "num_stages": 2,
    }
