"""Pictures of the validation pages, drawn from the records that the reports in validation/ are made from."""

import csv
import json
from pathlib import Path
from typing import Any

import matplotlib

from site_pages.places import PAGES, ROOT

matplotlib.use("svg")
import matplotlib.pyplot as plt

VALIDATION = ROOT / "validation"
COLOURS = {"within 1 sigma": "#1b7f5c", "within 2 sigma": "#c58a00", "not reproduced": "#b3261e"}


def draw_figures() -> None:
    """All pictures, into the folder of the generated pages."""
    folder = PAGES / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context({"svg.hashsalt": "coreshell", "font.size": 10, "axes.grid": True, "grid.alpha": 0.3}):
        _claims(json.loads((VALIDATION / "results.json").read_text(encoding="utf-8")), folder / "claims.svg")
        with (VALIDATION / "verification.csv").open(encoding="utf-8", newline="") as file:
            _checks(list(csv.DictReader(file)), folder / "verification.svg")


def _claims(record: dict[str, Any], path: Path) -> None:
    """The model's number over the measured one for every claim with both, predictions beside calibrations."""
    claims = [claim for claim in record["claims"] if claim["model"] is not None and claim["measured"]]
    roles = ("calibration", "prediction")
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
    for axis, role in zip(axes, roles, strict=True):
        of_role = sorted(
            (claim for claim in claims if claim["role"] == role and claim["relation"] == "equal"),
            key=lambda claim: claim["model"] / claim["measured"],
        )
        for number, claim in enumerate(of_role):
            colour, sigma = COLOURS[claim["verdict"]], claim["uncertainty"] / abs(claim["measured"])
            axis.errorbar(number, 1.0, yerr=sigma, color="0.75", lw=4, zorder=1)
            axis.plot(number, claim["model"] / claim["measured"], "o", ms=4, color=colour, zorder=2)
        axis.set(
            title=f"{role}: {len(of_role)} claims", xlabel="claims, in the order of the ratio", xticks=[]
        )
    axes[0].set(ylabel="model / measured", ylim=(0, 2))
    for verdict, colour in COLOURS.items():
        axes[1].plot([], [], "o", ms=4, color=colour, label=verdict)
    axes[1].plot([], [], color="0.75", lw=4, label="uncertainty of the measured number")
    axes[1].legend(fontsize=8, loc="upper left")
    _save(figure, path)


def _checks(rows: list[dict[str, str]], path: Path) -> None:
    """The largest share of its accepted error that each check reaches."""
    shares: dict[str, float] = {}
    for row in rows:
        if row["at_most"] and float(row["at_most"]) > 0:
            share = abs(float(row["measured"])) / float(row["at_most"])
            shares[row["check"]] = max(shares.get(row["check"], 0.0), share)
    names = list(shares)
    figure, axis = plt.subplots(figsize=(8, 0.28 * len(names) + 1.2), layout="constrained")
    axis.barh(names, [max(shares[name], 1e-6) for name in names], color="#2a6f97")
    axis.axvline(1.0, color="#b3261e")
    axis.invert_yaxis()
    axis.set(xscale="log", xlabel="largest measured error of the check / what is accepted")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
