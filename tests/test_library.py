"""Shipped files by name, others by path, and what is said of a file that cannot be read."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.library import find, folder, names, read_text, read_toml


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with three materials, its package folder, and the user in another folder."""
    (tmp_path / "coreshell_model").mkdir()
    (tmp_path / "parameters").mkdir()
    for name in ("core_shell", "core", "shell"):
        (tmp_path / "parameters" / f"{name}.toml").write_text("x = 1")
    (tmp_path / "parameters" / "README.md").write_text("fields")
    (tmp_path / "user").mkdir()
    monkeypatch.chdir(tmp_path / "user")
    monkeypatch.setattr(library, "_PACKAGE", tmp_path / "coreshell_model")
    return tmp_path


@pytest.mark.parametrize("kind", ["parameters", "experiments", "validation"])
def test_this_installation_carries_the_shipped_folders(kind):
    assert folder(kind).is_dir()


def test_a_checkout_keeps_its_data_beside_the_package(checkout):
    assert folder("parameters") == checkout / "parameters"


def test_an_installed_package_keeps_its_data_inside(checkout):
    inside = checkout / "coreshell_model" / "_library" / "parameters"
    inside.mkdir(parents=True)
    assert folder("parameters") == inside


def test_a_missing_folder_asks_for_a_new_installation(checkout):
    with pytest.raises(InputError, match="'experiments' is missing; reinstall"):
        folder("experiments")


def test_names_are_the_toml_files_in_order(checkout):
    assert names("parameters") == ["core", "core_shell", "shell"]


def test_a_shipped_name_is_found_and_wins_over_a_file_of_the_user(checkout):
    (checkout / "user" / "core").write_text("x = 2")
    assert find("parameters", "core") == checkout / "parameters" / "core.toml"
    assert read_toml(find("parameters", "./core")) == {"x": 2}


@pytest.mark.parametrize("path", ["mine.toml", "folder/mine", "mine"])
def test_a_path_is_taken_as_a_path(checkout, path):
    (checkout / "user" / "folder").mkdir()
    (checkout / "user" / path).write_text("x = 3")
    assert read_toml(find("parameters", path)) == {"x": 3}


def test_an_unknown_name_lists_the_known_and_the_closest(checkout):
    with pytest.raises(InputError) as caught:
        find("parameters", "core_shel")
    assert str(caught.value) == (
        "unknown material 'core_shel': did you mean 'core_shell'? shipped: core, core_shell, shell, "
        "or give the path of a TOML file"
    )


def test_a_protocol_is_called_a_protocol(checkout):
    (checkout / "experiments").mkdir()
    with pytest.raises(InputError, match=r"unknown protocol 'gitt': shipped: none, or give the path"):
        find("experiments", "gitt")


@pytest.mark.parametrize("name", ["", "user", "x" * 5000, "a\nb", "a\0b"])
def test_what_is_neither_name_nor_path_is_unknown(checkout, name):
    with pytest.raises(InputError, match="unknown material") as caught:
        find("parameters", name)
    assert str(caught.value).isprintable()


def test_a_good_file_reads_as_written_with_or_without_a_byte_order_mark(tmp_path):
    path = tmp_path / "good.toml"
    for start in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(start + b"[shell]\r\nthickness = 9.4 # nm\r\n")
        assert read_toml(path) == {"shell": {"thickness": 9.4}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (bytes(range(256)), "not UTF-8 text; save it as UTF-8"),
        ("x = 1".encode("utf-16"), "not UTF-8 text; save it as UTF-8"),
        (b"x = 1\nradius 3\n", "line 2: Expected '=' after a key in a key/value pair; write `name = value`"),
        (b"x = nm\n", "line 1: Invalid value; text goes in quotes"),
        (b"x = 1,5\n", "line 1: Expected newline or end of document after a statement; one entry to a line"),
        (b"x = 'nm\n", "close the quotes that were opened"),
        (b"x = 1\nx = 2\n", "Cannot overwrite a value.*; the name is there twice"),
        (b"[a]\n[a]\n", "line 2: Cannot declare .*; the section is there twice"),
        (b"x = " + b"[" * 5000, "brackets are nested too deep"),
        (b"x = " + b"1" * 5000, "digits"),
        (b"x = 1 #" + b"a" * 5_000_000, "larger than 5 MB"),
    ],
)
def test_a_bad_file_is_named_with_what_to_do(tmp_path, content, message):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_toml(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).isprintable()


def test_what_is_no_readable_file_is_named_with_what_to_do(tmp_path):
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    reasons = {
        "none.toml": "there is no such file; check the path",
        ".": "this is a folder; give a file",
        "loop.toml": "cannot be read: ",
        "a\0b": "not a possible path",
        "a\nb": "there is no such file",
    }
    for name, reason in reasons.items():
        with pytest.raises(InputError, match=reason) as caught:
            read_text(tmp_path / name)
        assert str(caught.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_says_so(tmp_path):
    path = tmp_path / "locked.toml"
    path.write_text("x = 1")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_toml(path)


@given(content=st.binary() | st.text("x=1'\"[]{}\n#.,- ").map(str.encode))
def test_any_bytes_read_as_toml_or_are_an_input_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    try:
        assert read_toml(path)
    except InputError as error:
        assert str(error).isprintable()
