"""The report of a fit for people, in Markdown."""

from collections.abc import Iterable, Sequence

from coreshell_model.fit.result import FitResult, FittedScalar, shown


def markdown(result: FitResult) -> str:
    """The report for people."""
    parts = [
        _head(result),
        _parameters(result),
        _observations(result),
        ["Correlations:", "", *_correlations(result)],
        ["Failures:", "", *(f"* {reason}" for reason in result.reasons)] if result.reasons else [],
    ]
    if result.materials:
        files = " ".join(f"{name}.toml" for name in result.materials)
        parts.append([f"Fitted materials, for `coreshell run`: {files}"])
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _head(result: FitResult) -> list[str]:
    reduced = result.reduced_chi_squared
    freedom = f", reduced {reduced:.3g}." if reduced is not None else "; no degree of freedom is left."
    return [
        f"# {result.title}",
        "",
        *((f"**{result.misfit}**", "") if result.misfit else ()),
        f"{result.data} data, {result.priors} priors, {len(result.parameters)} parameters; chi-squared "
        f"{result.chi_squared:.4g}{freedom}",
        f"{result.evaluations} evaluations, {result.failed} of them with a failed run; {len(result.starts)} "
        f"starts, seed {result.seed}.",
        "",
        *(f"* **Warning**: {text}" for text in result.other_warnings),
        *([] if result.warnings else ["No warnings."]),
    ]


def _parameters(result: FitResult) -> list[str]:
    rows = [
        (
            one.name,
            shown(one.value, one.unit),
            shown_interval(one.interval_95),
            shown_interval(one.interval_68),
            one.verdict,
        )
        for one in result.parameters
    ]
    return [
        *_table(("parameter", "value", "95 % interval", "68 % interval", "verdict"), rows),
        "",
        "Intervals are those of the profile likelihood; a dash is a side that stays open up to the bound. "
        'What is closed beside a verdict other than "fixed by the data" is closed by priors, or by bounds of '
        "others.",
    ]


def _observations(result: FitResult) -> list[str]:
    """A table for each kind that there is."""
    scalars = [
        (
            one.name,
            f"{one.material}, {one.protocol}",
            f"{_limit(one)}{_number(one.measured)} ± {_number(one.sd)}",
            _number(one.simulated),
            f"{one.residual:.2f}",
        )
        for one in result.scalars
    ]
    curves = [
        (one.name, f"{one.material}, {one.protocol}", len(one.axis), f"{_number(one.rmse)} {one.unit}")
        for one in result.curves
    ]
    spectra = [
        (one.name, f"{one.material}, {one.protocol}", len(one.frequencies), _number(one.rms))
        for one in result.spectra
    ]
    tables = [
        _table(("observation", "material, protocol", "measured", "fitted", "residual / sd"), scalars),
        _table(("curve", "material, protocol", "points", "RMSE"), curves),
        _table(("spectrum", "material, state", "frequencies", "RMS, % of modulus"), spectra),
    ]
    return "\n\n".join("\n".join(lines) for lines in tables if lines).splitlines()


def _correlations(result: FitResult) -> list[str]:
    rows = [
        (one.name, *(f"{value:.2f}" for value in row))
        for one, row in zip(result.parameters, result.correlations, strict=True)
    ]
    return _table(("", *(one.name for one in result.parameters)), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a table; none where it has no rows."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines] if lines else []


def shown_interval(ends: tuple[float | None, float | None]) -> str:
    """An interval as text; a dash for an open side."""
    return f"{_number(ends[0])} to {_number(ends[1])}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _limit(one: FittedScalar) -> str:
    return "" if one.relation == "equal" else f"{one.relation} "
