"""The laws, each written once, as plain functions of floats, numpy arrays or PyBaMM symbols.

Numbers in brackets are the equations of ``docs/physics.md``.
"""
