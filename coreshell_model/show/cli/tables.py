"""Tables of results on a terminal."""

from collections.abc import Collection, Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coreshell_model.base.intervals import shown_interval
from coreshell_model.base.tables import DASH, shown_number, shown_setting, unit_of
from coreshell_model.inputs.material import entries
from coreshell_model.inputs.ranges import limits, usual_range
from coreshell_model.observe.groups import compared, grouped
from coreshell_model.observe.quantities import scope_of

LONGEST_LIST = 8
"""Values up to which a list is shown whole; of a longer one the table shows two at each end, --json all."""


def print_table(table: Table) -> None:
    """Print to stdout as wide as the terminal, or 200 characters wide where stdout is none."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(table)


def text_table(
    head: Iterable[str],
    rows: Iterable[Iterable[object]],
    whole: Collection[str] = (),
    folded: Collection[str] = (),
    *,
    bare: bool = False,
) -> Table:
    """A table without markup; every other table is made by this function.

    Parameters
    ----------
    head : headings of the columns
    rows : cells, each written by ``shown``
    whole : headings of the columns whose cells are never wrapped
    folded : headings of the columns whose long words are wrapped instead of cut
    bare : leave out the headings
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=not bare)
    for heading in head:
        overflow = "fold" if heading in folded else "ellipsis"
        table.add_column(Text(heading), no_wrap=heading in whole, overflow=overflow)
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    return table


def numbers_table(section) -> Table:
    """Every number of a material or protocol with its usual range and its source."""
    ranges = limits(section)
    head = ("number", "value", "usual", "source")
    usual = {path: usual_range(limit, number.unit) for path, (number, limit) in ranges.items()}
    rows = (
        (path, str(number), usual.get(path) or DASH, number.source)
        for path, number in entries(section).items()
    )
    return text_table(head, rows, whole=head[:-1])


def results_table(results: dict) -> Table:
    """The results of a run, one in a line, with the half-cycle or part that each is of."""
    rows = ((name, shown(value, unit_of(name)), scope_of(name)) for name, value in results.items())
    return text_table(("quantity", "value", "of"), rows, whole=("quantity",), bare=True)


def grouped_table(results: dict) -> Table:
    """The results of a run in groups, without those that say nothing, each with what it is of.

    A result of several named numbers, or of several texts, has a line for each of them.
    """
    rows: list[tuple[str, str, str]] = []
    for group, members in grouped(results).items():
        lines = [line for name, value in members.items() for line in _lines(name, value)]
        above = [("", "", "")] if rows else []
        rows = [*rows, *above, (group, "", ""), *lines]
    return text_table(("quantity", "value", "of"), rows, whole=("quantity",), bare=True)


def _lines(name: str, value: object) -> list[tuple[str, str, str]]:
    """The lines of a result in the table of a run."""
    unit, scope = unit_of(name), scope_of(name)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [(f"  {name}" * (n == 0), item, scope * (n == 0)) for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return [(f"  {name}", shown(value, unit), scope)]
    parts = [
        (f"    {part}", shown(item, unit_of(part) if part.endswith("]") else unit), "")
        for part, item in value.items()
    ]
    return [(f"  {name}", "", scope), *parts]


STORAGE = "Storage"
"""The result that is a table of its own: a row for each rest after a sodiation."""


def storage_table(rests: list[dict]) -> Table:
    """A row for each rest: what went in before it, the film at its start, and what it cost."""
    columns = {
        "Cycle": "cycle of the rest",
        "Sodium put in [mA.h.g-1]": "sodium put in [mA.h.g-1]",
        "SEI thickness at its start [nm]": "film at its start [nm]",
        "Charge lost [mA.h.g-1]": "charge lost [mA.h.g-1]",
        "Exponent of the loss in time": "exponent in time",
        "Capacity regained in the next cycle": "regained",
    }
    return rows_table([{heading: rest[name] for name, heading in columns.items()} for rest in rests])


def band_table(band: dict) -> Table:
    """The lowest and highest of each varied number and of each result."""
    title = "prediction band over the ends of all assumed ranges"
    varied = [(path, *ends, "") for path, ends in band["Varied"].items()]
    results = [
        (name, *(shown(end, unit_of(name)) for end in ends or (None, None)), scope_of(name))
        for name, ends in band.items()
        if name not in ("Varied", "Runs")
    ]
    return text_table((title, "lowest", "highest", "of"), varied + results, whole=(title,))


def comparison_table(results: list[dict], titles: list[str]) -> Table:
    """The results of several runs, each in a column; a cell is empty where a run has no such result.

    Left out are the material, which names a column, and warnings, which are lines of their own.

    Of two runs, a column has the second number less the first. A last column says of which half-cycle or
    part each result is.
    """
    names = [name for name in compared(results) if name not in ("Material", "Warnings")]
    head = [*titles, "difference"] if len(results) == 2 else titles
    rows = []
    for name in names:
        values = [column.get(name, "") for column in results]
        cells = [shown(value, unit_of(name)) for value in values]
        if len(results) == 2:
            cells.append(_difference(values[0], values[1], unit_of(name)))
        rows.append((name, *cells, scope_of(name)))
    return text_table(("quantity", *head, "of"), rows, whole=("quantity",), folded=titles)


def _difference(first: object, second: object, unit: str) -> str:
    """The second number less the first, with its sign; "" where they are no numbers."""
    numbers = [
        value for value in (first, second) if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) < 2:
        return ""
    change = shown(float(numbers[1] - numbers[0]), unit)
    return change if change == "0" or change.startswith("-") else f"+{change}"


def verification_table(record: dict) -> Table:
    """Every number of a verification beside its accepted bound."""
    from coreshell_model.checks.verification_report import NUMBER, number_cells

    rows = []
    for check in record["checks"]:
        cells = [number_cells(number) for number in check["numbers"]]
        if check["failure"]:
            cells.append((f"not measured: {check['failure']}", "", "", ""))
        rows += [(check["name"] if line == 0 else "", *row) for line, row in enumerate(cells)]
    return text_table(("check", *NUMBER), rows, whole=("check", *NUMBER))


def claims_table(record: dict) -> Table:
    """Every claim that the model has a quantity for, the claims that are not reproduced first."""
    from coreshell_model.checks.claims_report import shown_measured

    head = ("claim", "role", "measured", "model", "band", "verdict")
    compared = [claim for claim in record["claims"] if claim["role"] != "outside"]
    rows = []
    for claim in sorted(compared, key=lambda claim: claim["verdict"] != "not reproduced"):
        cells = (claim["name"], claim["role"], shown_measured(claim), shown_number(claim["model"]))
        rows.append((*cells, shown_interval(claim["band"]), claim["verdict"]))
    return text_table(head, rows, whole=head[1:])


def rows_table(rows: list[dict]) -> Table:
    """A table of rows that have the same columns, whose names are the headings."""
    cells = ([shown(value, unit_of(name)) for name, value in row.items()] for row in rows)
    return text_table(rows[0] if rows else (), cells)


def shown(value, unit: str = "1") -> str:
    """A result as text: a number with four digits, 0 within the solver's tolerance, a dash for None.

    ``unit`` is that of all numbers in the value whose name within it has none.
    """
    if value is None or isinstance(value, float):
        return shown_number(value, unit=unit)
    if isinstance(value, dict):
        units = {name: unit_of(name) if name.endswith("]") else unit for name in value}
        return ", ".join(f"{name} = {shown(item, units[name])}" for name, item in value.items()) or "none"
    if isinstance(value, list | tuple) and len(value) > LONGEST_LIST:
        return f"{shown(value[:2], unit)}  ...  {shown(value[-2:], unit)}  ({len(value)} values)"
    if isinstance(value, list | tuple):
        between = "; " if value and isinstance(value[0], dict) else "  "
        return between.join(shown(item, unit) for item in value) or "none"
    return str(value)


def ranges_table(sweep) -> Table:
    """The lowest and highest value of each observable of a sweep, and the designs that have them."""
    solved, axes = sweep.solved, sweep.points.axes
    rows = []
    for name in sweep.observables:
        values = solved[name].dropna()
        if values.empty:
            rows.append((name, None, "", None, "", scope_of(name)))
            continue
        if len(values) > 1 and values.nunique() == 1:
            rows.append(
                (name, shown(float(values.iloc[0]), unit_of(name)), "every design", "", "", scope_of(name))
            )
            continue
        cells = [name]
        for index in (values.idxmin(), values.idxmax()):
            row = solved.loc[index]
            settings = (f"{axis.name} {shown_setting(row[axis.label])} {axis.unit}" for axis in axes)
            cells += [
                shown(float(row[name]), unit_of(name)),
                ", ".join(setting.removesuffix(" 1") for setting in settings),
            ]
        rows.append([*cells, scope_of(name)])
    return text_table(("observable", "lowest", "at", "highest", "at", "of"), rows, whole=("observable",))


def data_frame_table(frame) -> Table:
    """The rows of a pandas table, a dash for NaN."""
    head = [str(name) for name in frame.columns]
    rows = (
        [
            shown(None if value != value else value, unit_of(name))
            for name, value in zip(head, row, strict=True)
        ]
        for row in frame.itertuples(index=False)
    )
    return text_table(head, rows, whole=head)
