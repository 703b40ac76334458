"""Passes over rows, forward and backward, written by hand: one recurrence a file, and the same in Triton."""
