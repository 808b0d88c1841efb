"""The model against other people's solvers and exact solutions, and against the numbers of the literature.

Three files hold the other side of a comparison and share no code with the model: `scipy_twin`,
`exact_two_region_diffusion` and `sphere_impedance`.
"""
