"""Pictures for a paper, each with the numbers plotted in it, in the style of ``coreshell.mplstyle``."""

from coreshell_model.figures.comparison import comparison_picture
from coreshell_model.figures.cycling import life_of_cycles
from coreshell_model.figures.inventory import PLACES
from coreshell_model.figures.kinds import KINDS, OVERVIEW, picture, suited
from coreshell_model.figures.nyquist import nyquist_picture
from coreshell_model.figures.overlay import overlay_picture
from coreshell_model.figures.picture import FORMATS, Picture, picture_bytes, save_picture
from coreshell_model.figures.voltage import cycle_curve

__all__ = [
    "FORMATS",
    "KINDS",
    "OVERVIEW",
    "PLACES",
    "Picture",
    "comparison_picture",
    "cycle_curve",
    "life_of_cycles",
    "nyquist_picture",
    "overlay_picture",
    "picture",
    "picture_bytes",
    "save_picture",
    "suited",
]
