"""The page of a guided fit: one HTML file with its picture in it, and the same sections in ``report.md``."""

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.base.files import content_of, replace
from coreshell_model.base.intervals import interval_name, shown_interval
from coreshell_model.base.tables import markdown_table, shown_number, unit_of, with_unit
from coreshell_model.infer.first_cycle_loss import FirstCycleNumber
from coreshell_model.infer.fit_picture import GREY, draw_residuals, style_of
from coreshell_model.infer.next_measurements import next_measurements
from coreshell_model.infer.profile import FIXED
from coreshell_model.infer.proposal import Proposal
from coreshell_model.infer.result import FitResult
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    picture_bytes,
    styled,
)

PAGE, REPORT = "report.html", "report.md"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }
img { max-width: 100%; height: auto }
table { border-collapse: collapse; margin: 0.5rem 0 } th, td { padding: 0.25rem 0.8rem; text-align: left;
  border-bottom: 1px solid #ddd; vertical-align: top } th { border-bottom: 2px solid #888 }
.result { background: #eef4f8; padding: 0.6rem 1rem; border-left: 4px solid #0072b2 }
li { margin: 0.2rem 0; overflow-wrap: anywhere }
"""


@dataclass(frozen=True)
class Part:
    """A section of the page: a heading with paragraphs, a table and a list, each where there is one."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    picture: bool = False


def parts(
    result: FitResult,
    first_cycle: Sequence[FirstCycleNumber],
    read: Sequence[str],
    proposal: Proposal,
) -> list[Part]:
    """The sections of the page.

    Parameters
    ----------
    result : of the fit
    first_cycle : its efficiency and losses
    read : what was read of the protocol
    proposal : why the problem is as it is
    """
    fixed = [p for p in result.parameters if p.verdict == FIXED]
    others = [p for p in result.parameters if p.verdict != FIXED]
    head = ("parameter", "value", interval_name(95))

    def row(parameter) -> tuple[str, ...]:
        value = with_unit(parameter.value, parameter.unit)
        return parameter.name, value, shown_interval(parameter.interval_95)

    return [
        Part("Efficiency and losses of the first cycle", *_of_first_cycle(first_cycle)),
        Part("Curves and residuals", (_of_curves(result),), picture=True),
        Part(
            "What these data fix",
            () if fixed else ("None of the fitted numbers.",),
            head if fixed else (),
            tuple(map(row, fixed)),
        ),
        Part(
            "What they do not fix",
            () if others else ("None of the fitted numbers is left open.",),
            (*head, "verdict") if others else (),
            tuple((*row(p), p.verdict) for p in others),
        ),
        Part("What to measure next", items=next_measurements(result.parameters, proposal.not_fitted)),
        Part("What was read of the protocol", items=tuple(read)),
        Part("Why these parameters", items=proposal.lines),
    ]


def _of_first_cycle(
    numbers: Sequence[FirstCycleNumber],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Paragraphs, heads and rows of the first cycle."""
    if not numbers:
        return ("The best fit has a failed run, so there are none.",), (), ()
    rows = []
    for number in numbers:
        unit = unit_of(number.name)
        rows.append(
            (
                number.name.partition(" [")[0] + ("" if unit == "1" else " / mAh/g"),
                shown_number(number.measured),
                shown_number(number.fitted),
                shown_interval(number.interval),
            )
        )
    note = "Intervals hold for small changes about the best fit (linearised with the fit's covariance)."
    return (note,), ("", "measured", "fitted", interval_name(95)), tuple(rows)


def _of_curves(result: FitResult) -> str:
    """The misfit of each curve, and what the picture leaves out."""
    texts = [f"{Path(curve.name).name}: {curve.rmse_in_words}" for curve in result.curves]
    return "; ".join(texts) + ". Largest differences, at these ends, may lie beyond the lower picture."


def curves_picture(result: FitResult) -> Picture:
    """Voltage over capacity of each curve, measured and fitted, above measured less fitted in mV."""
    curves = result.curves
    rows = []
    with styled():
        figure = new_figure(TWO_COLUMNS, 4.2)
        panels = figure.subplots(2, len(curves), squeeze=False, sharex="col", height_ratios=(2, 1))
        for column, curve in enumerate(curves):
            above, below = panels[:, column]
            for place, number in enumerate(np.unique(curve.half_cycle)):
                points = curve.half_cycle == number
                color, dash, _ = style_of(int(number))
                word = ("sodiation" if number % 2 else "desodiation") if place < 2 else None
                axis, measured, fitted = (
                    series[points] for series in (curve.axis, curve.measured, curve.simulated)
                )
                above.plot(
                    axis,
                    measured,
                    ".",
                    color=GREY,
                    markersize=2.5,
                    zorder=3,
                    label=None if place else "measured",
                )
                above.plot(
                    axis, fitted, dash, color=color, linewidth=1.2, label=f"{word}, fitted" if word else None
                )
                rows += [
                    {
                        "Curve": curve.name,
                        "Half-cycle": int(number),
                        "Capacity [mA.h.g-1]": q,
                        "Measured [V]": u,
                        "Fitted [V]": v,
                    }
                    for q, u, v in zip(axis, measured, fitted, strict=True)
                ]
            draw_residuals(below, curve)
            above.set_title(Path(curve.name).name)
            below.set_xlabel(CAPACITY)
            if column:
                below.set_ylabel("")
            else:
                above.set_ylabel(VOLTAGE)
                above.legend(loc="best")
        return Picture(figure, pd.DataFrame(rows))


def write_page(
    folder: Path,
    result: FitResult,
    sections: Sequence[Part],
    again: str,
) -> list[Path]:
    """Write the HTML page, and the same sections at the end of ``report.md``.

    Parameters
    ----------
    folder : of the fit's results
    result : of the fit
    sections : as ``parts`` gives them
    again : the command that fits the same problem again
    """
    page, report = folder / PAGE, folder / REPORT
    picture = picture_bytes(curves_picture(result), ".png") if result.completed else None
    replace(page, _html(result, sections, again, picture))
    before = content_of(report).decode()
    replace(report, before.rstrip("\n") + "\n\n" + "\n".join(_markdown(sections, again)))
    return [report, page]


def _markdown(sections: Sequence[Part], again: str) -> Iterator[str]:
    for part in sections:
        yield from (f"## {part.heading}", "")
        for text in part.paragraphs:
            yield from (text, "")
        if part.rows:
            yield from (*markdown_table(part.head, part.rows), "")
        if part.items:
            yield from (*(f"* {text}" for text in part.items), "")
    yield f"The same fit again, after any edit: `{again}`"
    yield ""


def _html(result: FitResult, sections: Sequence[Part], again: str, picture: bytes | None) -> str:
    escaped = html.escape
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escaped(result.title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escaped(result.title)}</h1>",
        f'<p class="result">{escaped(result.headline)}</p>',
    ]
    for warning in result.other_warnings:
        lines.append(f"<p><strong>Warning</strong>: {escaped(warning)}</p>")
    for part in sections:
        lines.append(f"<h2>{escaped(part.heading)}</h2>")
        lines += [f"<p>{escaped(text)}</p>" for text in part.paragraphs]
        if part.picture and picture is not None:
            code = base64.b64encode(picture).decode()
            alt = "Measured and fitted voltage over capacity, above their differences"
            lines.append(f'<img src="data:image/png;base64,{code}" alt="{alt}">')
        if part.rows:
            lines.append("<table><tr>" + "".join(f"<th>{escaped(h)}</th>" for h in part.head) + "</tr>")
            for row in part.rows:
                lines.append("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>")
            lines.append("</table>")
        if part.items:
            lines.append("<ul>" + "".join(f"<li>{escaped(text)}</li>" for text in part.items) + "</ul>")
    lines.append(f"<p>The same fit again, after any edit: <code>{escaped(again)}</code></p>")
    return "\n".join([*lines, "</body></html>", ""])
