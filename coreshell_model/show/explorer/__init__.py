"""The page of ``coreshell explore``: a particle's design on sliders, what it does beside them."""

EXTRA = 'the page needs dash, plotly and nbformat; pip install "coreshell_model[web]"'
"""What to do where the optional packages are missing."""
