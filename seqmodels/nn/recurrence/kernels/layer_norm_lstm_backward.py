"""The Triton kernel that takes gradients back through all steps of an LSTM with layer normalization.

It is laid out like the one forward, and goes the other way. What U h gets goes through memory, where the gradients
of the weights are made from it afterwards.
"""

from __future__ import annotations

from seqmodels.nn.recurrence.kernels.triton_parts import jit, mean, product, read, read4, tanh, tl, write4

# A kernel is written in Triton's language, whose functions have no types of Python's.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"


@jit
def _through_cell(d_h, d_c, o, normal, rstd, gain_c, bias_c, unit, H: tl.constexpr):
    """What c, o's sum and LN(c) get."""
    gain = read(gain_c, unit, unit < H)
    squashed = tanh(gain * normal + read(bias_c, unit, unit < H))
    d_normal = d_h * o * (1 - squashed * squashed)
    d = gain * d_normal
    d_c += rstd * (d - mean(d, H) - normal * mean(d * normal, H))
    return d_c, d_h * squashed * o * (1 - o), d_normal


@jit
def _through_products(i, f, g, o, normals, gain, rstd, wide, unit, there, H: tl.constexpr):
    """What U h gets, where its sums get i, f, g and o."""
    gain_i, gain_f, gain_g, gain_o = read4(gain, unit, unit < H, H)
    i, f, g, o = gain_i * i, gain_f * f, gain_g * g, gain_o * o
    n_i, n_f, n_g, n_o = read4(normals, wide, there, H)
    shift, slope = mean(i + f + g + o, 4 * H), mean(i * n_i + f * n_f + g * n_g + o * n_o, 4 * H)
    i, f = rstd * (i - shift - n_i * slope), rstd * (f - shift - n_f * slope)
    g, o = rstd * (g - shift - n_g * slope), rstd * (o - shift - n_o * slope)
    return i, f, g, o


@jit
def backward_kernel(
    d_outputs,
    dh,  # (B, H), like dc what the last state gets; overwritten by what the first gets
    dc,
    u,  # (4H, H)
    gain,
    gain_c,
    bias_c,
    gates,
    normals,
    previous,  # (N, H) c of the step before
    normals_c,
    rstds,
    starts,
    lengths,
    d_sums,  # (N, 4H) what the gates' sums get
    d_products,  # (N, 4H) what U h gets
    d_normals,  # (N, H) what LN(c) gets
    count,
    batch,
    REVERSE: tl.constexpr,
    H: tl.constexpr,
    ROWS: tl.constexpr,
    SLICE: tl.constexpr,
):
    unit, s = tl.arange(0, H)[None, :], tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    length = tl.load(lengths + s, mask=s < batch, other=0)[:, None]
    state = s[:, None] * H + unit
    d_h, d_c = read(dh, state, length > 0), read(dc, state, length > 0)
    steps = tl.load(lengths + tl.program_id(0) * ROWS)
    for step in range(steps):
        t = step if REVERSE else steps - 1 - step
        there = t < length
        row = (tl.load(starts + t) + s)[:, None]
        at, wide = row * H + unit, row * (4 * H) + unit
        i, f, g, o = read4(gates, wide, there, H)
        d_h += read(d_outputs, at, there)
        rstd, rstd_c = read(rstds, row, there), read(rstds + count, row, there)
        d_cell, d_o, d_normal = _through_cell(d_h, d_c, o, read(normals_c, at, there), rstd_c, gain_c, bias_c, unit, H)
        tl.store(d_normals + at, d_normal, mask=there)
        d_i, d_g = d_cell * g * i * (1 - i), d_cell * i * (1 - g * g)
        d_f = d_cell * read(previous, at, there) * f * (1 - f)
        write4(d_sums, wide, d_i, d_f, d_g, d_o, there, H)
        d_c = tl.where(there, d_cell * f, d_c)
        i, f, g, o = _through_products(d_i, d_f, d_g, d_o, normals, gain, rstd, wide, unit, there, H)
        write4(d_products, wide, i, f, g, o, there, H)
        tl.debug_barrier()  # all of d_products stands
        d_h = tl.where(there, product(d_products, row, there, u, H, 4 * H, H, ROWS, SLICE), d_h)
    tl.store(dh + state, d_h, mask=length > 0)
    tl.store(dc + state, d_c, mask=length > 0)
