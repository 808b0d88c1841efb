"""What an experimenter reads off a run: pure functions of a Solution, one subject in each file.

Capacities are per gram of active carbon [mA.h.g-1], efficiencies are fractions. A quantity that the
run does not contain (too few cycles, a run that ended early) is None.
"""
