"""Draws from the posterior of a fit problem, and what they predict.

>>> from coreshell_model.posterior import predict, sample_posterior
>>> posterior = sample_posterior("examples/fit_core_shell.toml", folder="drawn", workers=2)
>>> posterior.effective, posterior.summary(), posterior.materials_of(0)["core_shell"]
>>> predict(posterior, "core_shell", "formation", cycles=1).band("Initial coulombic efficiency")
"""

from coreshell_model.posterior.predict import Prediction, predict
from coreshell_model.posterior.run import sample_posterior
from coreshell_model.posterior.sei_share import loss_shares
from coreshell_model.posterior.table import Posterior, read_posterior, write_posterior

__all__ = [
    "Posterior",
    "Prediction",
    "loss_shares",
    "predict",
    "read_posterior",
    "sample_posterior",
    "write_posterior",
]
