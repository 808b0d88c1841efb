"""The report of a fit for people, in Markdown."""

from coreshell_model.fit.result import FitResult, FittedScalar


def markdown(result: FitResult) -> str:
    """The report for people."""
    reduced = result.reduced_chi_squared
    lines = [
        f"# {result.title}",
        "",
        f"{result.data} data, {result.priors} priors, {len(result.parameters)} parameters; chi-squared "
        f"{result.chi_squared:.4g}"
        + (f", reduced {reduced:.3g}." if reduced is not None else "; no degree of freedom is left."),
        f"{result.evaluations} evaluations, {result.failed} of them with a failed run; {len(result.starts)} "
        f"starts, seed {result.seed}.",
        "",
        *(f"* **Warning**: {text}" for text in result.warnings),
        "" if result.warnings else "No warnings.",
        "",
        "| parameter | value | 95 % interval | 68 % interval | verdict |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {_number(one.value)} {_unit(one.unit)} | {shown_interval(one.interval_95)} "
            f"| {shown_interval(one.interval_68)} | {one.verdict} |"
            for one in result.parameters
        ),
        "",
        "Intervals are those of the profile likelihood; a dash is a side that the data leave open within the "
        "bounds.",
    ]
    if result.scalars:
        lines += [
            "",
            "| observation | material, protocol | measured | fitted | residual / sd |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {one.name} | {one.material}, {one.protocol} | {_limit(one)}{_number(one.measured)} "
            f"± {_number(one.sd)} "
            f"| {_number(one.simulated)} | {one.residual:.2f} |"
            for one in result.scalars
        ]
    if result.curves:
        lines += ["", "| curve | material, protocol | points | RMSE |", "|---|---|---|---|"]
        lines += [
            f"| {one.name} | {one.material}, {one.protocol} | {len(one.axis)} "
            f"| {_number(one.rmse)} {one.unit} |"
            for one in result.curves
        ]
    if result.spectra:
        lines += ["", "| spectrum | material, state | frequencies | RMS, % of modulus |", "|---|---|---|---|"]
        lines += [
            f"| {one.name} | {one.material}, {one.protocol} | {len(one.frequencies)} | {_number(one.rms)} |"
            for one in result.spectra
        ]
    lines += ["", "Correlations:", "", "| | " + " | ".join(one.name for one in result.parameters) + " |"]
    lines.append("|---" * (len(result.parameters) + 1) + "|")
    lines += [
        f"| {one.name} | " + " | ".join(f"{value:.2f}" for value in row) + " |"
        for one, row in zip(result.parameters, result.correlations, strict=True)
    ]
    if result.reasons:
        lines += ["", "Failures:", "", *(f"* {reason}" for reason in result.reasons)]
    if result.materials:
        files = " ".join(f"{name}.toml" for name in result.materials)
        lines += ["", f"Fitted materials, for `coreshell run`: {files}"]
    return "\n".join(lines) + "\n"


def shown_interval(ends: tuple[float | None, float | None]) -> str:
    """An interval as text; a dash for an open side."""
    return f"{_number(ends[0])} to {_number(ends[1])}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _limit(one: FittedScalar) -> str:
    return "" if one.relation == "equal" else f"{one.relation} "


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
