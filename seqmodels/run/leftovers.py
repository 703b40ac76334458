"""What Lightning and torch set for a whole process, and several runs in one process must not find of one another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Take back what the block sets: variables of the environment, process groups, deterministic algorithms."""
    import torch
    import torch.distributed as processes
    from torch.backends import cudnn

    before, grouped = dict(os.environ), processes.is_available() and processes.is_initialized()
    strict, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    flags = cudnn.deterministic, cudnn.benchmark
    precision, threads = torch.get_float32_matmul_precision(), torch.get_num_threads()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        if not grouped and processes.is_available() and processes.is_initialized():
            processes.destroy_process_group()
        torch.use_deterministic_algorithms(strict, warn_only=warned)
        cudnn.deterministic, cudnn.benchmark = flags
        torch.set_float32_matmul_precision(precision)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
