"""What an experimenter reads off a run: pure functions of a Solution, a file an idea.

Capacities are per gram of active carbon [mA.h.g-1], efficiencies are fractions. A quantity that the
run does not contain (too few cycles, a run that ended early) is None.
"""
