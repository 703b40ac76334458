"""Training, evaluating, predicting: the only room that knows Hydra, and the only one that makes objects by name."""
