"""Comparisons of the model with other solvers, exact solutions, and numbers of the literature.

`scipy_twin`, `exact_two_region_diffusion` and `sphere_impedance` are the other side of a comparison and share
no code with the model.
"""
