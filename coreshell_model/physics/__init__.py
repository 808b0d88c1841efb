"""The PyBaMM model of a core-shell particle in a sodium half-cell: laws, mechanisms and parameters."""
