"""What a model says of a number: a value, a normal distribution, some quantiles."""

from seqmodels.nn.distributions.base import Distribution
from seqmodels.nn.distributions.certain import Certain
from seqmodels.nn.distributions.normal import Normal
from seqmodels.nn.distributions.quantiles import Quantiles, pinball

__all__ = ["Certain", "Distribution", "Normal", "Quantiles", "pinball"]
