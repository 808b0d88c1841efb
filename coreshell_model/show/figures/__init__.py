"""Pictures for a paper, each with the numbers plotted in it, in the style of ``coreshell.mplstyle``."""
