"""A run reads its material, works its geometry out and unrolls its steps once each."""

from collections import Counter

import pytest
from command_line import coreshell

from coreshell_model.inputs import material, particle, protocol, sorption


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
    watch(sorption, "geometry_from_sorption")
    return count


def test_a_run_resolves_its_inputs_once(counted):
    """One material, one protocol of one block, one geometry."""
    assert coreshell("run", "core_shell", "formation", "--json").code == 0
    assert counted == {
        "material_from_dict": 1,
        "protocol_from_dict": 1,
        "unrolled": 1,
        "geometry_from_sorption": 1,
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
