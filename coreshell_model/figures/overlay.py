"""Measured and simulated voltage over time, above what is between them."""

from coreshell_model.dataset.overlay import Overlay
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import VOLTAGE, new_figure, set_title, styled

MEASURED, SIMULATED = "#3b3b3b", "#e6550d"


def overlay_picture(laid: Overlay, title: str) -> Picture:
    """Both voltages, and below them simulated less measured in millivolts."""
    with styled():
        figure = new_figure(5.2, 4.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        hours = laid.time / 3600
        upper.plot(hours, laid.measured, color=MEASURED, label="measured")
        upper.plot(hours, laid.simulated, color=SIMULATED, linestyle="--", label="simulated")
        upper.set_ylabel(VOLTAGE)
        upper.legend(loc="best")
        set_title(figure, f"{title}: RMSE {laid.rmse:.3g} mV")
        lower.axhline(0, color="grey", linewidth=0.6)
        lower.plot(hours, 1e3 * laid.residuals, color=SIMULATED)
        lower.set(xlabel="Time / h", ylabel="Residual / mV")
        return Picture(figure, laid.table())
