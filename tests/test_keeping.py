"""Folders that runs keep what they have done in."""

import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import alone


def test_a_folder_with_another_kind_of_run_is_refused_and_left_as_it_is(tmp_path):
    with alone(tmp_path, "sweep"):
        (tmp_path / "rows.csv").write_text("1")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match="holds a sweep, not a posterior"), alone(tmp_path, "posterior"):
        (tmp_path / "rows.csv").unlink()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    with alone(tmp_path, "sweep"):
        pass


def test_a_run_that_left_nothing_gives_its_folder_to_any_other(tmp_path):
    """As one that was refused does."""
    for kind in ("sweep", "posterior", "fit"):
        with alone(tmp_path, kind):
            pass
        assert (tmp_path / "lock").read_text() == kind


def test_results_of_a_run_do_not_go_where_something_is_kept(tmp_path):
    """Nor does a fit begin where the results of a run are: files of one name would be overwritten."""
    with alone(tmp_path / "kept", "fit"):
        (tmp_path / "kept" / "result.json").write_text("{}")
    words = ("run", "core_shell", "formation_without_hold", "--out")
    refused = coreshell(*words, str(tmp_path / "kept"))
    assert (refused.code, refused.out) == (2, "")
    assert "holds a fit, beside which results of a run cannot go" in refused.err
    assert (tmp_path / "kept" / "result.json").read_text() == "{}"
    assert coreshell(*words, str(tmp_path / "run")).code == 0
    with pytest.raises(InputError, match=r"holds a result\.json that is not of a fit"):
        alone(tmp_path / "run", "fit").__enter__()
    assert not (tmp_path / "run" / "lock").exists()
    assert coreshell(*words, str(tmp_path / "run")).code == 0  # it may be run again
