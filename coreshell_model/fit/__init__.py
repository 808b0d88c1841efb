"""Parameters fitted to measurements, with what the data settle of each.

>>> from coreshell_model.fit import fit
>>> result = fit("examples/fit_core_shell.toml", starts=4)
>>> result["core.clusters.rate"].interval_95, result["core.clusters.rate"].verdict
"""

from coreshell_model.fit.reading import Problem, read_problem
from coreshell_model.fit.result import FitResult, FittedParameter
from coreshell_model.fit.run import fit

__all__ = ["FitResult", "FittedParameter", "Problem", "fit", "read_problem"]
