"""The page of ``coreshell explore``: a particle's design on sliders, what it does beside them."""
