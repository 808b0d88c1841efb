"""A solution.nc of another version opens, or is refused with the version that wrote it."""

import json

import pytest
import xarray as xr

from coreshell_model import simulate
from coreshell_model.base.errors import InputError
from coreshell_model.data import archive
from coreshell_model.inputs.protocol import beginning, read_protocol


@pytest.fixture(scope="module")
def solution():
    return simulate("core_shell", beginning(read_protocol("formation_without_hold"), 1))


def written(solution, path, change):
    """A saved solution with its content changed, and a checksum that fits it."""
    dataset = change(archive.to_dataset(solution))
    archive._with_checksum(dataset).to_netcdf(path, engine="h5netcdf")
    return path


def without_layout(dataset):
    del dataset.attrs[archive.LAYOUT]
    return dataset


def test_a_file_of_the_first_layout_opens(solution, tmp_path):
    """It had no number of its layout."""
    read = archive.load(written(solution, tmp_path / "old.nc", without_layout))
    assert read["Voltage [V]"] == pytest.approx(solution["Voltage [V]"])


def newer(dataset):
    return dataset.assign_attrs({archive.LAYOUT: archive.NEWEST + 1})


def without_a_series(dataset):
    return dataset.drop_vars("SEI thickness [m]")


def with_another_field(dataset):
    record = json.loads(dataset.attrs["inputs"])
    record["Material"]["fluff"] = 1
    record["Versions"]["coreshell_model"] = "0.0.7"
    return dataset.assign_attrs(inputs=json.dumps(record))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (newer, "newer than this"),
        (without_a_series, r"without SEI thickness \[m\]; run it again"),
        (with_another_field, r"was written by coreshell_model 0\.0\.7.*fluff"),
    ],
)
def test_another_is_refused_with_its_version(change, said, solution, tmp_path):
    path = written(solution, tmp_path / "other.nc", change)
    with pytest.raises(InputError, match=said) as caught:
        archive.load(path)
    assert str(caught.value).startswith(str(path)) and "was written by coreshell_model" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_layout_is_written(solution, tmp_path):
    archive.save(solution, tmp_path)
    with xr.open_dataset(tmp_path / "solution.nc", engine="h5netcdf") as stored:
        assert stored.attrs[archive.LAYOUT] == archive.NEWEST
