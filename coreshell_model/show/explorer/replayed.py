"""A measured file over the simulation that it drives, as ``coreshell replay`` draws it."""

from dataclasses import dataclass

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.data.record import Dataset
from coreshell_model.data.replay import CONTROLS, replay, results
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.techniques import Tested, drawn
from coreshell_model.show.figures.voltage import overlay_picture

START = "protocol.start.potential"

NUMBERS = (
    ("RMSE [mV]", "RMSE", "mV"),
    ("Largest residual [mV]", "Largest residual", "mV"),
    ("Share of the measurement simulated", "Share of the measurement simulated", "1"),
)
"""Results of a replay that the page shows, with their labels and units."""


@dataclass(frozen=True)
class ReplayTask:
    """Take a design through the current, or the voltage, of a measured file.

    Attributes
    ----------
    choice : the design
    token, dataset : of the file; results are told apart by the token
    control : the measured series that drives the model, one of ``CONTROLS``
    """

    choice: Choice
    token: str
    dataset: Dataset
    control: str

    def __call__(self, subject: Subject, say: Say) -> Tested:
        """Replay and draw it."""
        start = {path: text for path, text in self.choice.changes if path == START}
        try:
            material = subject.material(self.choice)
            replayed = replay(self.dataset, material, start, CONTROLS[self.control])
        except InputError as error:
            return Tested(reason=str(error))
        if replayed.overlay is None:
            return Tested(reason=f"{self.dataset.source.name}: {replayed.explanation}")
        found = results(replayed)
        rows = [(label, float(found[name]), unit) for name, label, unit in NUMBERS]
        for half in replayed.overlay.capacities:
            label = f"{half.half_cycle.number}: {half.half_cycle.direction.value}"
            if half.measured is not None:
                rows.append((f"Half-cycle {label}, measured", half.measured, "mA.h.g-1"))
            if half.simulated is not None and self.control == "voltage":
                rows.append((f"Half-cycle {label}, simulated", half.simulated, "mA.h.g-1"))
        title = f"{material.name} through {self.dataset.source.name}"
        pictures = (drawn(self.dataset.source.name, overlay_picture(replayed.overlay, title)),)
        stopped = () if replayed.completed else (replayed.explanation,)
        return Tested(pictures, tuple(rows), (*stopped, *found["Warnings"]))
