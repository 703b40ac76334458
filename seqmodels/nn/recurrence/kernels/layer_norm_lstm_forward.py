"""The Triton kernel that runs an LSTM with layer normalization over all its steps.

Equations and gate order are those of ``LayerNormLstmRows``. A program owns ROWS sequences and goes through time by
itself, so none waits for another. A step's numbers stay in registers, (ROWS, H) for each gate; only h goes through
memory, since ``tl.dot`` reads it in slices. Sequences lie by falling length: a program ends with its first one, and
what is not there any more (from the right: not yet) is masked.

A barrier stands wherever one thread writes what another reads or has yet to read.
"""

from __future__ import annotations

from seqmodels.nn.recurrence.kernels.triton_parts import jit, mean, product, read, read4, tanh, tl, write4

# A kernel is written in Triton's language, whose functions have no types of Python's.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"


@jit
def _normal_products(h, s, there, u_t, EPS, H: tl.constexpr, ROWS: tl.constexpr, SLICE: tl.constexpr):
    """U h, normalized over all 4H numbers of a row, gate by gate, and what it was multiplied by."""
    i = product(h, s, there, u_t, 4 * H, H, H, ROWS, SLICE)
    f = product(h, s, there, u_t + H, 4 * H, H, H, ROWS, SLICE)
    g = product(h, s, there, u_t + 2 * H, 4 * H, H, H, ROWS, SLICE)
    o = product(h, s, there, u_t + 3 * H, 4 * H, H, H, ROWS, SLICE)
    shift = mean(i + f + g + o, 4 * H)
    i, f, g, o = i - shift, f - shift, g - shift, o - shift
    rstd = tl.rsqrt(mean(i * i + f * f + g * g + o * o, 4 * H) + EPS)
    return i * rstd, f * rstd, g * rstd, o * rstd, rstd


@jit
def _open(gates, normals, gain, i, f, g, o, wide, unit, there, H: tl.constexpr):
    """The gates, from the normalized U h; both are written down."""
    write4(normals, wide, i, f, g, o, there, H)
    gain_i, gain_f, gain_g, gain_o = read4(gain, unit, unit < H, H)
    x_i, x_f, x_g, x_o = read4(gates, wide, there, H)
    i, f = tl.sigmoid(x_i + gain_i * i), tl.sigmoid(x_f + gain_f * f)
    g, o = tanh(x_g + gain_g * g), tl.sigmoid(x_o + gain_o * o)
    tl.debug_barrier()  # all have read the inputs
    write4(gates, wide, i, f, g, o, there, H)
    return i, f, g, o


@jit
def forward_kernel(
    gates,  # (N, 4H) LN(W x) with gain and bias; overwritten by i, f, g, o
    u_t,  # (H, 4H)
    gain,
    gain_c,
    bias_c,
    h,  # (B, H), like c the first state; overwritten by the last
    c,
    starts,  # (T,) each step's first row
    lengths,  # (B,)
    normals,  # (N, 4H) U h, normalized
    outputs,
    cells,
    normals_c,  # (N, H) c, normalized
    rstds,  # (2, N) what U h and c were multiplied by
    count,
    batch,
    EPS,
    REVERSE: tl.constexpr,
    H: tl.constexpr,
    ROWS: tl.constexpr,
    SLICE: tl.constexpr,
):
    unit, s = tl.arange(0, H)[None, :], tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    length = tl.load(lengths + s, mask=s < batch, other=0)[:, None]
    state = s[:, None] * H + unit
    cell = read(c, state, length > 0)
    steps = tl.load(lengths + tl.program_id(0) * ROWS)
    for step in range(steps):
        t = steps - 1 - step if REVERSE else step
        there = t < length
        row = (tl.load(starts + t) + s)[:, None]
        at = row * H + unit
        i, f, g, o, rstd = _normal_products(h, s[:, None], there, u_t, EPS, H, ROWS, SLICE)
        i, f, g, o = _open(gates, normals, gain, i, f, g, o, row * (4 * H) + unit, unit, there, H)
        cell = tl.where(there, f * cell + i * g, cell)
        normal = cell - mean(cell, H)
        rstd_c = tl.rsqrt(mean(normal * normal, H) + EPS)
        normal *= rstd_c
        out = o * tanh(read(gain_c, unit, unit < H) * normal + read(bias_c, unit, unit < H))
        tl.store(outputs + at, out, mask=there)
        tl.store(cells + at, cell, mask=there)
        tl.store(normals_c + at, normal, mask=there)
        tl.store(rstds + row, rstd, mask=there)
        tl.store(rstds + count + row, rstd_c, mask=there)
        tl.debug_barrier()  # all have read h
        tl.store(h + state, out, mask=there)
        tl.debug_barrier()  # all of h stands
    tl.store(c + state, cell, mask=length > 0)
