"""When a trial is given up."""

from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner, SuccessiveHalvingPruner

from seqmodels.callbacks.pruning import PrunerName


def make_pruner(name: PrunerName) -> BasePruner:
    """The pruner of a study; its steps are validations.

    Args:
        name: ``none``; ``median`` gives up what is worse than the median of the trials before it at the same
            validation, from the second one on, once five trials are finished; ``asha`` keeps a third at validations
            1, 3, 9, ... (Li et al. 2020); ``hyperband`` does so in several brackets that begin later and later (Li et
            al. 2018).
    """
    if name == "median":
        return MedianPruner(n_startup_trials=5, n_warmup_steps=2)
    if name == "asha":
        return SuccessiveHalvingPruner(min_resource=1, reduction_factor=3)
    if name == "hyperband":
        return HyperbandPruner(min_resource=1, reduction_factor=3)
    return NopPruner()
