"""Physics-based simulation of core-shell hard-carbon particles, on PyBaMM."""
