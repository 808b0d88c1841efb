"""The model against other people's solvers, exact solutions and itself, each check in a file of its own.

Two files hold the other side of a comparison and share no code with the model: `scipy_twin`,
`exact_two_region_diffusion`; so does `sphere_impedance`.
"""
