"""ICE and capacity of four shell thicknesses on the same core, solved on one built model."""

from coreshell_model import simulate, summary


def main() -> dict[str, tuple[float, float]]:
    """Initial coulombic efficiency and reversible capacity [mA.h.g-1] by thickness."""
    found = {}
    for thickness in ("5 nm", "9.4 nm", "15 nm", "20 nm"):
        results = summary(simulate("core_shell", "formation", {"shell.thickness": thickness}))
        found[thickness] = (
            results["Initial coulombic efficiency"],
            results["Reversible capacity [mA.h.g-1]"],
        )
    return found


if __name__ == "__main__":
    for thickness, (efficiency, capacity) in main().items():
        print(f"{thickness:>7}: ICE {efficiency:.3f}, {capacity:.0f} mAh/g")
