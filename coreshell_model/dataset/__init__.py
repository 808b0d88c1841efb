"""Measured data: cyclers' files into one table, half-cycles, and Battery Data Format out."""

from coreshell_model.dataset.bdf import simulated_table, to_bdf
from coreshell_model.dataset.half_cycles import HalfCycle, Kind, Piece
from coreshell_model.dataset.joining import read_datasets
from coreshell_model.dataset.reading import read_dataset
from coreshell_model.dataset.record import Dataset
from coreshell_model.dataset.spectra import read_spectra, spectra_to_csv
from coreshell_model.dataset.sweeps import SweptSpectrum

__all__ = [
    "Dataset",
    "HalfCycle",
    "Kind",
    "Piece",
    "SweptSpectrum",
    "read_dataset",
    "read_datasets",
    "read_spectra",
    "simulated_table",
    "spectra_to_csv",
    "to_bdf",
]
