"""What Triton kernels of recurrences are made of.

Importing seqmodels imports no kernel: what launches one imports it then. So Triton need not be there.
"""

from __future__ import annotations  # which name tl even where it is None

# A kernel is written in Triton's language, whose functions have no types of Python's.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

try:
    import triton.language as tl
    from triton import jit
except ImportError:  # kernels can be read, as doctest does, but not run
    tl = None

    def jit(kernel):
        return kernel


__all__ = ["jit", "mean", "product", "read", "read4", "tanh", "tl", "write4"]


@jit
def tanh(x):
    return 2 * tl.sigmoid(2 * x) - 1


@jit
def read(source, at, there):
    """As float32; 0 where nothing is."""
    return tl.load(source + at, mask=there, other=0.0).to(tl.float32)


@jit
def read4(source, at, there, H: tl.constexpr):
    """What stands at four places, H apart."""
    i, f = read(source, at, there), read(source, at + H, there)
    g, o = read(source, at + 2 * H, there), read(source, at + 3 * H, there)
    return i, f, g, o


@jit
def write4(target, at, i, f, g, o, there, H: tl.constexpr):
    tl.store(target + at, i, mask=there)
    tl.store(target + at + H, f, mask=there)
    tl.store(target + at + 2 * H, g, mask=there)
    tl.store(target + at + 3 * H, o, mask=there)


@jit
def mean(x, width):
    """(ROWS, 1) of (ROWS, H), which may be a sum of several."""
    return tl.sum(x, 1)[:, None] / width


@jit
def product(
    left,  # (·, DEPTH)
    row,
    there,
    right,  # (DEPTH, width)
    width,
    DEPTH: tl.constexpr,
    H: tl.constexpr,
    ROWS: tl.constexpr,
    SLICE: tl.constexpr,
):
    """Rows of left times the first H columns of right: (ROWS, H) in float32."""
    unit, part = tl.arange(0, H)[None, :], tl.arange(0, SLICE)
    total = tl.zeros((ROWS, H), tl.float32)
    for k in range(0, DEPTH, SLICE):
        a = tl.load(left + row * DEPTH + (k + part)[None, :], mask=there, other=0.0)
        b = tl.load(right + (k + part)[:, None] * width + unit)
        total = tl.dot(a, b, total, input_precision="ieee")
    return total
