"""Logistic regression, which the floors of classification have in common."""

from typing import Any

import numpy as np

Features = Any  # (N, F), of numpy or sparse
STEPS = 2000


class Logistic:
    """p = softmax(W x + b) at the least of C · Σ -log p(y) + ‖W‖²/2 (scikit-learn's, by L-BFGS).

    Args:
        strength: C, how much the training labels count against small weights.
        balanced: whether all labels count the same, however often they occur.

    Raises:
        ValueError: the strength is not above 0.

    Example:
        >>> model = Logistic(1.0); model.fit(np.array([[0.0], [1.0], [3.0], [4.0]]), np.array([0, 0, 1, 1]))
        >>> model.probabilities(np.array([[0.0], [2.0]])).round(2).tolist()
        [[0.88, 0.12], [0.5, 0.5]]
    """

    def __init__(self, strength: float, balanced: bool = False):
        if not strength > 0:
            raise ValueError(f"strength={strength} found, wanted a number above 0")
        self.strength = strength
        self.balanced = balanced
        self._model: Any = None

    def fit(self, features: Features, wanted: np.ndarray) -> None:
        """Learn from features (N, F) and their classes (N,), which are 0 to C-1 and all there."""
        from sklearn.linear_model import LogisticRegression

        weights = "balanced" if self.balanced else None
        self._model = LogisticRegression(C=self.strength, class_weight=weights, max_iter=STEPS)
        if wanted.max() == 0:
            self._model = None  # there is nothing to learn of a single class
            return
        self._model.fit(features, wanted)

    def probabilities(self, features: Features) -> np.ndarray:
        """(N, C) float64."""
        if self._model is None:
            return np.ones((features.shape[0], 1))
        found: np.ndarray = self._model.predict_proba(features)
        return found
