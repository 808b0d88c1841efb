"""Long runs: a protocol cycle by cycle, each kept as it completes, in memory that does not grow.

>>> from coreshell_model.cycling import cycle
>>> run = cycle("core_shell", "long_cycling", folder="ageing")
>>> run.table["Desodiation capacity [mA.h.g-1]"]
"""

from coreshell_model.cycling.run import Cycled, cycle

__all__ = ["Cycled", "cycle"]
