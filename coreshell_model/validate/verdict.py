"""The verdict on a claim: by how many uncertainties the model's number misses the measured one."""

from coreshell_model.units import from_si
from coreshell_model.validate.claim import Claim, Relation

ONE, TWO, MISSED = "within 1 sigma", "within 2 sigma", "not reproduced"
VERDICTS = (ONE, TWO, MISSED)

RULE = (
    "The verdict compares the model's number, that of the materials as shipped, with the measured one in "
    'units of the uncertainty: up to 1 is "within 1 sigma", up to 2 "within 2 sigma", beyond it "not '
    'reproduced". A claim "at least" or "at most" counts only what the model falls short of or exceeds it '
    'by; "none" is "at most 0", with what would have been seen as uncertainty, and an order of materials is '
    '"at least 0" for the smallest step of the quantity along it. The model\'s band takes no part in the '
    "verdict."
)


def distance(claim: Claim, model: float) -> float:
    """By how many uncertainties ``model``, in SI units, misses what the claim says; 0 where it does not."""
    excess = model - claim.measured.si
    if claim.relation is Relation.AT_LEAST:
        excess = min(excess, 0.0)
    elif claim.relation is Relation.AT_MOST:
        excess = max(excess, 0.0)
    return abs(excess) / claim.uncertainty.si


def verdict(claim: Claim, model: float | None) -> str:
    """One of ``VERDICTS``; a number that the model does not give is not reproduced."""
    if model is None:
        return MISSED
    off = distance(claim, model)
    return ONE if off <= 1 else TWO if off <= 2 else MISSED


def in_unit_of(claim: Claim, model: float) -> float:
    """A number in SI units, as the claim's measured one is written."""
    return from_si(model, claim.measured.unit)
