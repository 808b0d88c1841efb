"""A run reads its material and its steps, and works its geometry and its parameters out, once each."""

import os
from collections import Counter

import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.inputs import material, particle, protocol
from coreshell_model.physics import values


@pytest.fixture
def counted(monkeypatch):
    """How often each is done, with no file read before."""
    material._read_material.cache_clear()
    protocol._read_protocol.cache_clear()
    count = Counter()

    def watch(module, name):
        done = getattr(module, name)

        def watched(*args, **kwargs):
            count[name] += 1
            return done(*args, **kwargs)

        monkeypatch.setattr(module, name, watched)

    watch(material, "material_from_dict")
    watch(protocol, "protocol_from_dict")
    watch(protocol, "unrolled")
    watch(protocol, "read_step")
    watch(material, "core_shell_geometry")
    watch(values, "parameter_values")
    return count


@pytest.mark.parametrize(
    ("words", "materials", "shelled"),
    [
        (("run", "core_shell", "formation"), 1, 1),
        (("cycle", "core_shell", "formation", "--out", "kept"), 1, 1),
        (("compare", "core", "core_shell", "formation"), 2, 1),
    ],
)
def test_a_command_resolves_its_inputs_once(counted, words, materials, shelled, tmp_path, monkeypatch):
    """One protocol of one block of three steps, and for each material one geometry, where it has a shell."""
    monkeypatch.chdir(tmp_path)
    assert coreshell(*words, "--json").code == 0
    assert counted == {
        "material_from_dict": materials,
        "protocol_from_dict": 1,
        "unrolled": 1,
        "read_step": 3,
        "core_shell_geometry": shelled,
        "parameter_values": materials,
    }


def test_another_design_is_resolved_anew(counted):
    """What is kept belongs to the numbers, not to the name; the unchanged file is read once."""
    for thickness in ("10 nm", "12 nm", "10 nm"):
        assert coreshell("run", "core_shell", "formation", "--set", f"shell.thickness={thickness}").code == 0
    assert (counted["material_from_dict"], counted["parameter_values"]) == (1, 3)
    shapes = {
        particle.shape_of(particle.changed(material.read_material("core_shell"), {"shell.thickness": text}))
        for text in ("10 nm", "12 nm")
    }
    assert len(shapes) == 2


def test_a_file_that_changed_is_read_again(tmp_path):
    """Also where its size is the same."""
    path = tmp_path / "mine.toml"
    text = library.read_text(library.find("parameters", "core_shell"))
    path.write_text(text)
    before = material.read_material(str(path)).particle.external_area
    assert material.read_material(str(path)) is material.read_material(str(path))
    path.write_text(text.replace("external_area = { value = 14,", "external_area = { value = 15,"))
    os.utime(path, ns=(1, 1))
    assert (before.value, material.read_material(str(path)).particle.external_area.value) == (14, 15)
