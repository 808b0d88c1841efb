"""Tables for people on a terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coreshell_model.inputs.material import entries
from coreshell_model.inputs.ranges import limits, usual_range

LONGEST_LIST = 8
"""Values beyond which the table shows the first and last two; --json has all."""


def print_table(table: Table) -> None:
    """Print to stdout, as wide as the terminal or, in a pipe, as wide as the table wants."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(table)


def numbers_table(section) -> Table:
    """Every number of a material or protocol with the range that is usual for it, and its source."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("number", "value", "usual", "source"):
        table.add_column(heading, no_wrap=heading != "source")
    known = limits(section)
    for path, number in entries(section).items():
        usual = usual_range(known[path][1]) if path in known else ""
        table.add_row(path, Text(str(number)), Text(usual or "–"), Text(number.source))
    return table


def results_table(results: dict) -> Table:
    """The results of a run, a line each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column("quantity", no_wrap=True)
    table.add_column("value")
    for name, value in results.items():
        table.add_row(Text(name), Text(shown(value)))
    return table


def band_table(band: dict) -> Table:
    """The band of a prediction: what was varied, and the results' lowest and highest."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("prediction band over the ends of all assumed ranges", no_wrap=True)
    for heading in ("lowest", "highest"):
        table.add_column(heading)
    for path, ends in band["Varied"].items():
        table.add_row(Text(path), *(Text(end) for end in ends))
    for name, ends in band.items():
        if name not in ("Varied", "Runs"):
            table.add_row(Text(name), *(shown(end) for end in ends or (None, None)))
    return table


def comparison_table(results: list[dict], titles: list[str]) -> Table:
    """The results of several runs, a column each under its title; empty where a run has no such result."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("quantity", no_wrap=True)
    for title in titles:
        table.add_column(Text(title), overflow="fold")
    for name in dict.fromkeys(name for column in results for name in column):
        if name != "Material":
            cells = (shown(column[name]) if name in column else "" for column in results)
            table.add_row(Text(name), *map(Text, cells))
    return table


def verification_table(record: dict) -> Table:
    """Every number of a verification beside what is accepted of it."""
    from coreshell_model.checks.verification_report import accepted, shown

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("check", "quantity", "measured", "accepted", "verdict"):
        table.add_column(heading, no_wrap=True)
    for check in record["checks"]:
        for place, number in enumerate(check["numbers"]):
            table.add_row(
                check["name"] if place == 0 else "",
                Text(number["quantity"]),
                shown(number["measured"]),
                accepted(number),
                number["verdict"],
            )
        if check["failure"]:
            table.add_row("", Text(f"not measured: {check['failure']}"))
    return table


def claims_table(record: dict) -> Table:
    """Every claim that the model has a quantity for, what is not reproduced first."""
    from coreshell_model.checks.claims_report import shown_band, shown_measured, shown_number

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("claim", "role", "measured", "model", "band", "verdict"):
        table.add_column(heading, no_wrap=heading != "claim")
    compared = [claim for claim in record["claims"] if claim["role"] != "outside"]
    for claim in sorted(compared, key=lambda claim: claim["verdict"] != "not reproduced"):
        cells = (claim["name"], claim["role"], shown_measured(claim), shown_number(claim["model"]))
        table.add_row(*(Text(cell) for cell in (*cells, shown_band(claim), claim["verdict"])))
    return table


def rows_table(rows: list[dict]) -> Table:
    """Rows that all have the same columns."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in rows[0] if rows else ():
        table.add_column(Text(heading))
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row.values()))
    return table


def shown(value) -> str:
    """A result as text: four digits, a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{name} = {shown(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list | tuple) and len(value) > LONGEST_LIST:
        return f"{shown(value[:2])}  ...  {shown(value[-2:])}  ({len(value)} values)"
    if isinstance(value, list | tuple):
        between = "; " if value and isinstance(value[0], dict) else "  "
        return between.join(shown(item) for item in value) or "none"
    return str(value)


def ranges_table(found) -> Table:
    """The lowest and highest of each observable of a sweep, and the design that has it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("observable", no_wrap=True)
    for heading in ("lowest", "at", "highest", "at"):
        table.add_column(heading)
    solved, axes = found.solved, found.points.axes
    for name in found.observables:
        values = solved[name].dropna()
        if values.empty:
            table.add_row(Text(name), "–", "", "–", "")
            continue
        cells = []
        for place in (values.idxmin(), values.idxmax()):
            row = solved.loc[place]
            where = ", ".join(f"{axis.name} {row[axis.label]:.4g} {axis.unit}" for axis in axes)
            cells += [shown(float(row[name])), where]
        table.add_row(Text(name), *map(Text, cells))
    return table


def rows_of_table(rows) -> Table:
    """A pandas table, four digits a number."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in rows.columns:
        table.add_column(Text(str(name)), no_wrap=True)
    for values in rows.itertuples(index=False):
        table.add_row(*(Text(shown(None if value != value else value)) for value in values))
    return table
