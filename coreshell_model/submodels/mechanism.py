"""What all mechanisms share: a PyBaMM submodel that needs neither options nor stock parameters."""

import pybamm


class Mechanism(pybamm.BaseSubModel):
    """A ``pybamm.BaseSubModel`` built from ``coreshell_model.symbols`` alone."""

    def __init__(self):
        super().__init__(param=None, name=type(self).__name__)
