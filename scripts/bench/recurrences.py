"""One recurrent layer: a full training step per real token, against what torch does with the same lengths."""

from functools import partial

import torch
from torch import Tensor, nn

from bench.step import BATCH, LENGTHS, RUNS, WIDTH, Step, draw, ours, packed
from bench.timing import Row, has_bfloat16, interleaved
from seqmodels.nn.cells import Cell, GRUCell, GRUResetBeforeCell, LayerNormLSTMCell, LSTMCell, MinGRUCell, RNNCell
from seqmodels.nn.recurrence import Stack

OFTEN = 3 * RUNS  # where a run takes less than a second
TORCHS: dict[str, tuple[type[nn.RNNBase], type[Cell]]] = {
    "LSTM": (nn.LSTM, LSTMCell),
    "GRU": (nn.GRU, GRUCell),
    "RNN": (nn.RNN, RNNCell),
}
# At least so many times faster than packed random batches, and on the same random batches: sentences, reviews.
SORTED = {"LSTM": (3.0, 8.0), "GRU": (2.7, 6.5), "RNN": (2.7, 6.0)}
RANDOM = {"LSTM": (2.0, 4.5), "GRU": (2.2, 5.0), "RNN": (1.9, 4.0)}
SAME = {"LSTM": (1.7, 3.0)}
BF16, RESET_BEFORE = 14.0, 1.3


def against_packed(name: str, device: torch.device) -> list[Row]:
    """LSTM, GRU or RNN, both directions, on random and sorted batches of sentences and reviews."""
    kind, cell = TORCHS[name]
    rows = []
    for i, lengths in enumerate(LENGTHS):
        at_random, ordered = draw(lengths, False), draw(lengths, True)
        module = kind(WIDTH, WIDTH, batch_first=True, bidirectional=True).to(device)
        stack = Stack(WIDTH, [WIDTH], cell, bidirectional=True).to(device)
        variants = {
            f"packed nn.{name}, random batches": Step([module], packed(module), at_random, device, warmup=False),
            f"packed nn.{name}, the same batches": Step([module], packed(module), ordered, device, warmup=False),
            "random": Step([stack], ours(stack), at_random, device),
            "sorted": Step([stack], ours(stack), ordered, device),
        }
        if name == "LSTM" and lengths == "reviews" and has_bfloat16(device):
            amp = partial(torch.autocast, device.type, torch.bfloat16)
            variants["bf16"] = Step([stack], ours(stack), ordered, device, amp)
        if name == "GRU":
            other = Stack(WIDTH, [WIDTH], GRUResetBeforeCell, bidirectional=True).to(device)
            variants["reset_before"] = Step([other], ours(other), ordered, device)
        by_random, by_sorted = list(variants)[:2]
        found = interleaved(variants, RUNS if lengths == "reviews" else OFTEN)
        rows.append(found.row(f"{name}, {lengths}, sorted", "sorted", by_random, device, SORTED[name][i]))
        rows.append(found.row(f"{name}, {lengths}, random", "random", by_random, device, RANDOM[name][i]))
        same = SAME.get(name, (None, None))[i]
        rows.append(found.row(f"{name}, {lengths}, the same sorted", "sorted", by_sorted, device, same))
        if "bf16" in variants:
            rows.append(found.row(f"{name}, {lengths}, sorted, bf16", "bf16", by_random, device, BF16))
        if "reset_before" in variants:
            label = f"GRU reset_before, {lengths}, the same sorted"
            rows.append(found.row(label, "reset_before", by_sorted, device, RESET_BEFORE))
    return rows


def equal_lengths(device: torch.device) -> list[Row]:
    """GRU without any padding, where torch needs not pack."""
    batches = [torch.full((BATCH,), steps) for steps in (10, 20, 40, 80, 160)] * 2
    module = nn.GRU(WIDTH, WIDTH, batch_first=True, bidirectional=True).to(device)
    stack = Stack(WIDTH, [WIDTH], GRUCell, bidirectional=True).to(device)
    plain = Step([module], lambda x, lengths: module(x)[0], batches, device)
    found = interleaved({"nn.GRU, not packed": plain, "ours": Step([stack], ours(stack), batches, device)}, OFTEN)
    return [found.row("GRU, equal lengths", "ours", "nn.GRU, not packed", device, 1.2)]


def layer_norm(device: torch.device) -> list[Row]:
    """The layer-norm LSTM against the loop that one would write."""
    batches = draw("sentences", True)
    cell, norm = nn.LSTMCell(WIDTH, WIDTH).to(device), nn.LayerNorm(WIDTH).to(device)
    stack = Stack(WIDTH, [WIDTH], LayerNormLSTMCell).to(device)
    reference = "a loop over nn.LSTMCell and LayerNorm"

    def loop(x: Tensor, lengths: Tensor) -> Tensor:
        h = c = x.new_zeros(len(x), WIDTH)
        outputs = []
        for step in x.unbind(1):
            h, c = cell(step, (h, c))
            h = norm(h)
            outputs.append(h)
        return torch.stack(outputs, dim=1)

    variants = {
        reference: Step([cell, norm], loop, batches, device),
        "ours": Step([stack], ours(stack), batches, device),
    }
    if device.type == "cuda":
        triton = Stack(WIDTH, [WIDTH], LayerNormLSTMCell, implementation="triton").to(device)
        variants["triton"] = Step([triton], ours(triton), batches, device)
    found = interleaved(variants, OFTEN)
    rows = [found.row("layer-norm LSTM, sentences", "ours", reference, device, 1.8)]
    if "triton" in variants:
        rows.append(found.row("layer-norm LSTM, sentences, triton", "triton", reference, device))
    return rows


def long_minimal(device: torch.device) -> list[Row]:
    """minGRU over a thousand steps."""
    batches = [torch.full((BATCH,), 1000)] * RUNS
    module = nn.LSTM(WIDTH, WIDTH, batch_first=True).to(device)
    stack = Stack(WIDTH, [WIDTH], MinGRUCell).to(device)
    reference = "nn.LSTM padded, T=1000"
    variants = {
        reference: Step([module], lambda x, lengths: module(x)[0], batches, device),
        "ours": Step([stack], ours(stack), batches, device),
    }
    return [interleaved(variants, OFTEN).row("minGRU, T=1000", "ours", reference, device, 2.8)]


def rule(device: torch.device) -> list[Row]:
    """Where oneDNN begins to win over the rows: what `seqmodels.nn.recurrence.choose` is made from."""
    if device.type != "cpu":
        raise SystemExit("rule: oneDNN runs on a CPU; add --device cpu")
    rows = []
    for width in (128, 256, 512):
        for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
            lengths = torch.linspace(2 * share - 1, 1, BATCH).mul(40).round().clamp(min=1).long()
            stacks = {
                name: Stack(WIDTH, [width], LSTMCell, bidirectional=True, implementation=name)
                for name in ("packed_rows", "onednn")
            }
            variants = {n: Step([s], ours(s), [lengths] * RUNS, device) for n, s in stacks.items()}
            found = interleaved(variants, RUNS)
            rows.append(found.row(f"oneDNN, H={width}, {share:.0%} real", "onednn", "packed_rows", device))
    return rows
