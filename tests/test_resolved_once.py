"""A run reads its material and its steps, and works its geometry and its parameters out, once each."""

from collections import Counter

import pytest
from command_line import coreshell

from coreshell_model.inputs import material, particle, protocol
from coreshell_model.physics import values


@pytest.fixture
def counted(monkeypatch):
    """How often each is done."""
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
    """What is kept belongs to the numbers, not to the name."""
    for thickness in ("10 nm", "12 nm", "10 nm"):
        assert coreshell("run", "core_shell", "formation", "--set", f"shell.thickness={thickness}").code == 0
    assert counted["material_from_dict"] >= 3
    shapes = {
        particle.shape_of(particle.changed(material.read_material("core_shell"), {"shell.thickness": text}))
        for text in ("10 nm", "12 nm")
    }
    assert len(shapes) == 2
