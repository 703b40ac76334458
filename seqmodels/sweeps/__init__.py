"""Sweeps: many runs over a space of settings, each in a process of its own, driven by Optuna."""
