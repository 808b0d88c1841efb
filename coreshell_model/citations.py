"""The works that a user of the model cites, as BibTeX entries for PyBaMM's list of citations."""

from coreshell_model import __version__

SOFTWARE = """@misc{coreshell_model,
  title = {{coreshell_model: Physics-based simulation of core-shell hard-carbon particles in sodium cells}},
  author = {{The coreshell_model developers}},
  year = {2026},
  note = {Version VERSION}
}""".replace("VERSION", __version__)

CORE_SHELL = """@unpublished{AppelCoreShell,
  title = {{Core-Shell: Resolving the Dilemma of Hard Carbon Anodes by Sealing Nanoporous Particles With
    Semi-Permeable Coatings}},
  author = {Appel, Paul Alexander and Prinz, Carsten and Low, Jian Liang and Asres, Nahom Enkubahri and
    Wu, Shu-Han and Freytag, Annica and {Krug von Nidda}, Jonas and {de Sousa}, Nader Amadeu and
    Fellinger, Tim-Patrick},
  note = {Core-shell hard carbon, the measurements that the shipped materials rest on}
}"""

CITED = (SOFTWARE, CORE_SHELL)
"""What every run of the model rests on."""
