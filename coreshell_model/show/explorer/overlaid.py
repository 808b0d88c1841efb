"""Measured cycles as points over the simulated voltage."""

from collections.abc import Sequence

from coreshell_model.base.errors import InputError
from coreshell_model.show.explorer.measured import Measured, cycle_points, cycles_of
from coreshell_model.show.explorer.plotly_style import short, thinned
from coreshell_model.show.figures.palette import FILES


def measured_traces(files: Sequence[Measured]) -> list[dict]:
    """The first cycle of each file, and the last where there are several, over the capacity of the cycle."""
    traces = []
    for (colour, symbol, _), each in zip(FILES, files, strict=False):
        if each.dataset is None:
            continue
        cycles = cycles_of(each.dataset)
        for cycle in dict.fromkeys((cycles[0], cycles[-1])) if cycles else ():
            try:
                capacity, voltage = cycle_points(each.dataset, cycle)
            except InputError:
                continue
            kept = thinned(capacity, voltage)
            open_mark = cycle != cycles[0]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": f"{each.name}, cycle {cycle}",
                    "x": short(capacity[kept]),
                    "y": short(voltage[kept]),
                    "marker": {
                        "color": colour,
                        "size": 4,
                        "symbol": f"{symbol}-open" if open_mark else symbol,
                    },
                    "hovertemplate": "%{x:.0f} mAh/g, %{y:.3f} V",
                }
            )
    return traces
