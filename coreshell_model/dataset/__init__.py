"""Measured data: cyclers' files into one table, half-cycles, and Battery Data Format out."""

from coreshell_model.dataset.bdf import simulated_table, to_bdf
from coreshell_model.dataset.half_cycles import HalfCycle, Kind, Piece
from coreshell_model.dataset.reading import read_dataset
from coreshell_model.dataset.record import Dataset

__all__ = ["Dataset", "HalfCycle", "Kind", "Piece", "read_dataset", "simulated_table", "to_bdf"]
