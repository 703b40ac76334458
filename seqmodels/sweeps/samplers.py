"""How a sweep's next settings are chosen."""

import hashlib
import warnings
from typing import Literal

from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, CmaEsSampler, RandomSampler, TPESampler

SamplerName = Literal["grid", "random", "tpe", "cmaes"]


def make_sampler(name: SamplerName, seed: int, number: int) -> BaseSampler:
    """The sampler of one trial.

    Each has a seed of its own, from those of the sweep and its number: a sampler that was made anew with the sweep's
    seed, in a sweep that goes on or in a second worker, would say what was said before.

    Args:
        name: ``grid`` (whose trials are all given beforehand), ``random``, ``tpe`` (tree-structured Parzen estimator,
            Bergstra et al. 2011) or ``cmaes`` (covariance matrix adaptation, Hansen & Ostermeier 2001).
        seed: of the sweep.
        number: of the trial.
    """
    own = int.from_bytes(hashlib.blake2b(f"{seed} {number}".encode(), digest_size=4).digest(), "little")
    if name == "tpe":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # of options that are there since Optuna 2.8
            # The trials that run now count as bad ones, so that workers side by side look at different places.
            return TPESampler(seed=own, multivariate=True, group=True, constant_liar=True)
    if name == "cmaes":
        return CmaEsSampler(seed=own, warn_independent_sampling=False)
    return RandomSampler(seed=own)
