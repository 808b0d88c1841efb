"""Which particle to make next: design variables, sweeps over them, trade-offs, and the next experiment."""
