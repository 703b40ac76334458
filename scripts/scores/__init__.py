"""RESULTS.md and results.json, from run folders and nothing else."""
