"""What costs far more than it weighs is refused by a count, what is no file before it is opened."""

import json

import h5py
import numpy as np
import pytest
from command_line import coreshell
from cyclers import lines
from odd_files import (
    HEADER,
    ndax,
    special,
    with_rows,
    with_strings,
    with_styles,
    without_expansion,
    workbook,
    zipped,
)

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.data import archive
from coreshell_model.data import sheet as limits
from coreshell_model.data.bdf import read_sidecar
from coreshell_model.data.reading import read_dataset
from coreshell_model.infer.observed import Spectrum
from coreshell_model.infer.spectra import measured_spectrum
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.sorption_file import read_table

SPECIAL = ["a named pipe", "a socket", "a device", "a folder"]


def refusal(read, path):
    """The line that refuses a path."""
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 600 + len(str(path))
    return str(caught.value)


def spectrum(path):
    given = Spectrum(material="core_shell", file=path.name, potential="1 V", sd=0.01)
    return measured_spectrum(given, path.parent)


READERS = {
    "data": read_dataset,
    "TOML": library.read_toml,
    "text": library.read_text,
    "sorption": read_table,
    "spectrum": spectrum,
    "solution": archive.load,
}


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path, reader, kind):
    """A pipe without a writer would wait for ever, a device never end."""
    with special(tmp_path, kind) as path:
        assert f"this is {kind}" in refusal(READERS[reader], path)


def test_a_pipe_in_the_place_of_metadata_is_refused(tmp_path):
    with special(tmp_path, "a named pipe") as pipe:
        pipe.rename(tmp_path / "cell.csv.metadata.json")
        assert "this is a named pipe" in refusal(read_sidecar, tmp_path / "cell.csv")


@pytest.mark.parametrize("reader", READERS)
def test_a_file_larger_than_its_reader_takes_is_refused_by_its_size(tmp_path, reader):
    """Two gigabytes without a block on the disk."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    assert "larger than" in refusal(READERS[reader], path)


def test_metadata_with_a_number_of_5000_digits_are_refused(tmp_path):
    (tmp_path / "cell.csv.metadata.json").write_text('{"coreshell_model": {"x": ' + "1" * 5000 + "}}")
    assert "not metadata" in refusal(read_sidecar, tmp_path / "cell.csv")


def test_a_name_that_leaves_no_room_for_the_metadata_s_is_read(tmp_path):
    """255 bytes are the most that a file's name has."""
    path = tmp_path / ("x" * 250 + ".csv")
    path.write_text(lines(HEADER, [(0, 1, 1), (60, 0.5, 1)]))
    assert len(read_dataset(path).table) == 2


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 40 + " = 1", "[a" + ".b" * 40 + "]", 'x = { "a"' + ' . "a"' * 40 + " = 1 }"]
)
def test_a_toml_key_of_many_names_is_refused(tmp_path, key):
    """50 kB of them take 8 s and 2.4 GB."""
    path = tmp_path / "deep.toml"
    path.write_text(f"name = 1\n{key}\n")
    assert "line 2: a key of more than 32 names" in refusal(library.read_toml, path)


def test_points_in_the_text_of_a_toml_file_are_no_key(tmp_path):
    path = tmp_path / "text.toml"
    path.write_text(
        f'source = "{"e.g. Fig. 3. of Appel et al. " * 20}"\nvalues = [{"1.5, " * 100}]\n# {"a." * 20}\n'
    )
    assert len(library.read_toml(path)["values"]) == 100


@pytest.mark.parametrize("reader", ["sorption", "spectrum"])
def test_a_small_table_of_one_endless_line_is_refused(tmp_path, reader):
    path = tmp_path / "commas.csv"
    path.write_text("quantity\n" + "," * 3_000_000)
    assert "line 2: 3000000 characters" in refusal(READERS[reader], path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("," * 3_000_000, ("line 1: 3000000 characters", "more than 100000")),
        (f"{HEADER}\n0,1,1\n" + "1" * 200_000, ("line 3: 200000 characters",)),
        (HEADER + "".join(f",c{i}" for i in range(1000)) + "\n1,2,3\n", ("1003 columns, more than 1000",)),
        ("\n".join([",".join(f"w{i}" for i in range(9000))] * 400), ("no line names the columns",)),
        ("\n" * 3_000_001, ("the file is empty",)),
        (HEADER + "\n" * 3_000_001, ("more than 3000000 lines", "in parts")),
        (HEADER + "\r" * 3_000_001, ("more than 3000000 lines", "in parts")),
    ],
)
def test_a_text_file_beyond_the_limits_is_refused(tmp_path, content, said):
    path = tmp_path / "cell.csv"
    path.write_text(content, newline="")
    line = refusal(read_dataset, path)
    assert all(words in line for words in said), line


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: with_rows(b"<row>" + b"<c/>" * 9_000_000 + b"</row>"), "more than 200 times"),
        (lambda: with_rows(b"<row>" + b"<c/>" * 1_100_000 + b"</row>"), "more than 2000000 cells"),
        (lambda: with_rows(b'<row r="999999999"><c><v>1</v></c></row>'), "or 3000000 rows"),
        (
            lambda: with_rows(b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (i, i) for i in range(30, 200))),
            "more than 2000000 cells, or",
        ),
        (lambda: with_strings(b"<si/>" * 600_000), "styles and texts that take as long"),
        (lambda: with_styles(b"<xf/>" * 220_000), "styles and texts that take as long"),
        (without_expansion, "not an Excel workbook that can be read"),
        (lambda: zipped({f"{i}.xml": b"" for i in range(1001)}), "1001 files are packed in it"),
        (lambda: zipped({f"{i}": bytes(19_000_000) for i in range(7)}), "would unpack to 133 MB"),
        (lambda: zipped({"xl/workbook.xml": b"<"}), "not an Excel workbook"),
    ],
)
def test_a_workbook_beyond_the_limits_is_refused(tmp_path, monkeypatch, make, said):
    path = tmp_path / "cell.xlsx"
    path.write_bytes(make())
    if said in ("more than 2000000 cells", "styles and texts that take as long"):
        monkeypatch.setattr("coreshell_model.data.excel.MOST_TAGS", 1_000_000)
    assert said in refusal(read_dataset, path)


def test_a_workbook_that_says_a_false_size_is_read_by_its_rows(tmp_path):
    """A1:XFD1048576 would make each row 16,384 cells wide."""

    def change(parts):
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(b'ref="A1:C21"', b'ref="A1:XFD1048576"')

    path = tmp_path / "cell.xlsx"
    path.write_bytes(workbook(change))
    assert len(read_dataset(path).table) == 20


@pytest.mark.parametrize("place", range(0, 5000, 131))
def test_a_workbook_damaged_anywhere_is_read_or_refused_in_one_line(tmp_path, place):
    content = bytearray(workbook())
    content[place % len(content)] ^= 0xFF
    path = tmp_path / "cell.xlsx"
    path.write_bytes(bytes(content))
    try:
        assert len(read_dataset(path).table) == 20
    except InputError as error:
        assert str(error).isprintable()


def test_an_ndax_file_that_would_fill_the_memory_is_refused_by_its_directory(tmp_path, monkeypatch):
    """40 kB for 40 MB; nothing reaches the reader."""
    import fastnda

    monkeypatch.setattr(fastnda, "read", lambda *_, **__: pytest.fail("it was unpacked"))
    path = tmp_path / "cell.ndax"
    path.write_bytes(ndax(40_000_000))
    line = refusal(read_dataset, path)
    assert "would unpack to 40 MB" in line and "more than 200 times" in line and "BTSDA" in line


def test_a_saved_solution_that_would_fill_the_memory_is_refused(tmp_path):
    """Chunks that were never written cost nothing on the disk."""
    path = tmp_path / "solution.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(200_000_000,), chunks=(1_000_000,), dtype="f8").make_scale("x")
    assert path.stat().st_size < 100_000
    assert "unpacks to 1.6 GB" in refusal(archive.load, path)


def test_a_half_cycle_of_many_pulses_is_one(tmp_path):
    """60,000 pulses with rests between them, 120,000 pieces; copying a list for each would take minutes."""
    count = 120_000
    t = np.arange(count)
    voltage, current = 2 - 1.9 * t / count, np.where(t % 2, 1.0, 0.0)
    path = tmp_path / "cell.csv"
    path.write_text(lines(HEADER, zip(t.tolist(), voltage.tolist(), current.tolist(), strict=True)))
    (half,) = read_dataset(path, current_sign="sodiation").half_cycles()
    assert len(half.pieces) == count


def test_a_large_honest_table_is_read_whole(tmp_path):
    """100,000 rows in pieces: odd rows, quotes and gaps in the middle change nothing for the others."""
    rows = [[60 * i, round(1.5 - 1.4 * i / 1e5, 6), 0.1] for i in range(100_000)]
    rows[30_000][1] = ""
    text = lines(HEADER, rows).splitlines()
    text[50_001] = "# a remark"
    text[70_001] = '"4200000","0.52","0.1"'
    path = tmp_path / "cell.csv"
    path.write_text("\n".join(text))
    dataset = read_dataset(path, allow_gaps=True)
    assert len(dataset.table) == 99_998
    assert dataset.voltage[69_998] == 0.52
    assert any("text left out: line 50002" in statement for statement in dataset.statements)
    assert any(
        "1 rows without" in statement and "line 30002" in statement for statement in dataset.statements
    )


def test_a_header_again_in_a_table_without_other_odd_lines_is_left_out(tmp_path):
    """It has as many cells as the rows, none of which begins like a number."""
    path = tmp_path / "cell.csv"
    path.write_text(lines(HEADER, [(0, 1, 1), HEADER.split(","), (60, 0.5, 1)]))
    dataset = read_dataset(path)
    assert dataset.time.tolist() == [0, 60]
    assert any("header repeated: line 3" in statement for statement in dataset.statements)


def test_the_limits_leave_room_for_two_million_rows_of_a_hundred_characters():
    assert limits.LARGEST >= 2_000_000 * 120 and limits.MOST_LINES >= 2_000_000


def test_the_command_says_the_limit_in_one_line(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_text("," * 3_000_000)
    outcome = coreshell("data", str(path), "--json")
    assert outcome.code == 2 and outcome.out == "" and outcome.err.count("\n") == 1
    assert json.dumps(outcome.err) and "give a table with a point in each line" in outcome.err


def test_a_toml_file_of_many_unknown_names_is_refused_at_once(tmp_path):
    """20,000; the complaints were made anew for each of them, which took minutes."""
    path = tmp_path / "material.toml"
    path.write_text("".join(f"k{i} = 1\n" for i in range(20_000)))
    assert "is not a known field" in refusal(lambda place: read_material(str(place)), path)
