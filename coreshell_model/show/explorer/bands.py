"""Bands of a design by the draws of the shipped posterior, as ``coreshell predict`` makes them."""

import threading
from dataclasses import dataclass, replace

import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import MEDIAN, WIDE, end_columns, interval_name
from coreshell_model.base.library import folder
from coreshell_model.base.pool import LostWorkersError, Say
from coreshell_model.infer.draws import Posterior, read_posterior
from coreshell_model.infer.prediction import curve_bands, predict
from coreshell_model.show.explorer.choice import AS_GIVEN, Choice
from coreshell_model.show.explorer.kept import Kept
from coreshell_model.show.explorer.lanes import EndingError, Lanes
from coreshell_model.show.explorer.subject import Subject

QUANTITIES = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
)
"""Results whose bands are shown."""

DRAWS = (20, 100)
"""Draws that a band can be of, taken by weight; 0 is all."""

SEED = 0
"""Of the draws that are taken."""

KEPT = 40
"""Bands kept in memory."""


@dataclass(frozen=True)
class Band:
    """A band of a design: of how many draws, rows of quantity, median and both ends, and its curves.

    Attributes
    ----------
    sodiation, desodiation : capacity of the cycle [mA.h.g-1] and the ends of the voltage [V], of cycle 1
    words : on the draws and what they lack
    reason : why there is no band
    """

    rows: tuple[tuple[str, float, float, float], ...] = ()
    sodiation: tuple[tuple[float, float, float], ...] = ()
    desodiation: tuple[tuple[float, float, float], ...] = ()
    words: str = ""
    reason: str = ""


@dataclass(frozen=True)
class BandTask:
    """Take a design through its protocol with so many draws; 0 is all of them."""

    choice: Choice
    draws: int

    def __call__(self, subject: Subject, say: Say) -> Band:
        """Run every draw."""
        try:
            return band(subject, self.choice, self.draws, say)
        except InputError as error:
            return Band(reason=str(error))


def band(subject: Subject, choice: Choice, draws: int, say: Say = lambda text: None) -> Band:
    """The band of a design.

    Raises
    ------
    InputError
        The posterior has no such material, or a number that was moved is drawn.
    """
    if choice.seal != AS_GIVEN:
        raise InputError("Bands hold for the seal as the material states it; choose that")
    posterior = taken(read_posterior(folder("validation") / "posterior"), draws)
    name = posterior.name_of(subject.base.name)
    changes = subject.changes(choice)
    prediction = predict(posterior, name, subject.protocol(choice), changes=changes, say=say)
    if prediction.failures and len(prediction.failures) == len(prediction.runs):
        raise InputError(f"every draw failed: {prediction.failures[0]}")
    if prediction.withheld:
        raise InputError("the model does not describe the data of the posterior: no interval is stated")
    rows = []
    for each in prediction.bands([name for name in QUANTITIES if name in prediction.names]):
        low, high = each[interval_name(WIDE)]
        rows.append((each["Observable"], each[MEDIAN], low, high))
    table = curve_bands(
        [run.half_cycles for run in prediction.runs], prediction.weights, prediction.discrepancy
    )
    into, out = (_half_cycle(table, number) if len(table) else () for number in (1, 2))
    turned = into[-1][0] if into else 0.0  # from where the desodiation is drawn back
    back = tuple((turned - capacity, low, high) for capacity, low, high in out)
    failed = f"; {len(prediction.failures)} draws failed" if prediction.failures else ""
    words = f"{interval_name(WIDE)} of {len(posterior)} draws of the posterior {posterior.name}{failed}"
    return Band(tuple(rows), into, back, words)


def taken(posterior: Posterior, draws: int) -> Posterior:
    """The posterior with so many of its draws, by weight; 0 is all."""
    if draws == 0 or draws >= len(posterior):
        return posterior
    rows, times = posterior.chosen(draws, SEED)
    return replace(
        posterior,
        values=posterior.values[rows],
        weights=times / times.sum(),
        chi_squared=posterior.chi_squared[rows],
    )


Points = tuple[tuple[float, float, float], ...]


def _half_cycle(table: pd.DataFrame, number: int) -> Points:
    """Capacity passed and both ends of the voltage of a half-cycle, as far as half of the draws come."""
    ends = [f"Voltage, {name} [V]" for name in end_columns(WIDE)]
    names = ["Half-cycle", "Share of draws that get there", "Capacity [mA.h.g-1]", *ends]
    rows = table[names].to_numpy(float)
    kept = rows[(rows[:, 0] == number) & (rows[:, 1] >= 0.5), 2:]
    return tuple((float(q), float(low), float(high)) for q, low, high in kept)


class Bands:
    """Bands that are computed in the background, by design and number of draws."""

    def __init__(self, lanes: Lanes):
        self._lanes = lanes
        self._done: Kept[BandTask, Band] = Kept(KEPT)
        self._progress: dict[BandTask, str] = {}
        self._lock = threading.Lock()

    def begin(self, task: BandTask) -> None:
        """Compute a band unless it is there, or under way."""
        with self._lock:
            if self._done.find(task) is not None or task in self._progress:
                return
            self._progress[task] = "Waits for its turn."
        threading.Thread(target=self._work, args=(task,), name="band", daemon=True).start()

    def state(self, task: BandTask) -> Band | str:
        """Return a band, or how far it is; "" for one that was never begun."""
        return self._done.find(task) or self._progress.get(task, "")

    def _work(self, task: BandTask) -> None:
        def say(text: str) -> None:
            self._progress[task] = text

        try:
            found = self._lanes.do(task, self._lanes.turns.at_length, say)
        except EndingError:
            return
        except LostWorkersError as error:
            found = Band(reason=str(error))
        self._done.put(task, found)
        with self._lock:
            del self._progress[task]
