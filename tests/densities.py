"""Densities over the unit box whose means and quantiles are known without sampling."""

import numpy as np

from coreshell_model.infer.posterior_folder import KeptSampling
from coreshell_model.infer.sampling import sample
from coreshell_model.infer.surrogate import Centre
from coreshell_model.infer.target import EvaluatedPoint


class Density:
    """exp(-chi²/2) of residuals that are a plain function; None where it is to fail."""

    workers = 1

    def __init__(self, residuals, best):
        self.residuals, self.best = residuals, np.array(best, dtype=float)
        self.dimensions, self.asked = len(self.best), []

    def prior_residuals(self, places):
        return np.empty((len(places), 0))

    def evaluate(self, points, keep):
        for key, place in points:
            self.asked.append(key)
            found = self.residuals(place)
            failures = () if found is not None else ("the run failed",)
            keep(key, EvaluatedPoint(place, np.full(2, 1e4) if found is None else found, (), failures))

    def centre(self):
        steps = 1e-5 * np.eye(self.dimensions)
        slopes = [(self.residuals(self.best + s) - self.residuals(self.best - s)) / 2e-5 for s in steps]
        return Centre(self.best[None], np.array(slopes).T)

    def sampled(self, draws=400, most=20_000, seed=1, kept=None):
        return sample(self, self.centre(), kept or KeptSampling(), draws, most, seed)


def gaussian(dimensions):
    """Correlated, its standard deviations some per cent of the box: the density and its covariance."""
    mix = np.random.default_rng(3).normal(size=(dimensions + 4, dimensions)) * 12 / np.sqrt(dimensions)
    middle = np.linspace(0.4, 0.6, dimensions)
    return Density(lambda place: mix @ (place - middle), middle), np.linalg.inv(mix.T @ mix)


def banana(place):
    """A bent ridge that the lower bounds cut off."""
    x, y = 10 * (place[0] - 0.15), 10 * (place[1] - 0.25)
    return np.array([x / 2.0, (y - 0.4 * x**2) / 0.7])


def on_a_grid(residuals, points=1200):
    """Places and their probabilities for a density of two dimensions, by brute force."""
    axis = (np.arange(points) + 0.5) / points
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    chi_squared = np.sum(residuals(grid.T) ** 2, axis=0)
    density = np.exp(-0.5 * (chi_squared - chi_squared.min()))
    return grid, density / density.sum()
