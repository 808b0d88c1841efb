"""Figure of a replay: measured and simulated voltage over time, above the residual."""

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.dataset.overlay import Overlay
from coreshell_model.figures import STYLE

MEASURED, SIMULATED = "#3b3b3b", "#e6550d"


def overlay_figure(laid: Overlay, title: str) -> Figure:
    """Both voltages, and below them simulated less measured in millivolts."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 4.0), layout="constrained")
        FigureCanvasAgg(figure)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        hours = laid.time / 3600
        upper.plot(hours, laid.measured, color=MEASURED, label="measured")
        upper.plot(hours, laid.simulated, color=SIMULATED, linestyle="--", label="simulated")
        upper.set_ylabel("Voltage against Na / V")
        upper.legend(loc="best")
        upper.set_title(f"{title}: RMSE {laid.rmse:.3g} mV", fontsize=9)
        lower.axhline(0, color="grey", linewidth=0.6)
        lower.plot(hours, 1e3 * laid.residuals, color=SIMULATED)
        lower.set(xlabel="Time / h", ylabel="Residual / mV")
        return figure
