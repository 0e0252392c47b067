"""What the answers to purchases add up to."""

from typing import Any

from cli.demo.cursor import Household, Tally
from cli.demo.program import FREEING_RULE


def take_in(effects: list[dict[str, Any]], household: Household, tally: Tally) -> None:
    """Count a purchase's effects, and remember what the household has to spend."""
    tally.purchases += 1
    for effect in effects:
        match effect["kind"]:
            case "accrue":
                household.points += effect["amount"]
                tally.points_accrued += effect["amount"]
            case "discount":
                tally.discount_cents += effect["amount"]
                # Other discounts free no unit; the rule for yogurt frees whole ones.
                if effect["rule"] == FREEING_RULE:
                    tally.free_items += units(effect)
            case "give":
                tally.free_items += effect["quantity"]
            case "stamp":
                tally.stamps += effect["stamps"]
            case "issue_voucher":
                household.vouchers.append(effect["code"])
                tally.vouchers_issued += 1
            case "use_voucher":
                take_voucher(effect, household, tally)
            case "extend_membership":
                tally.memberships_extended += 1


def take_voucher(effect: dict[str, Any], household: Household, tally: Tally) -> None:
    """A voucher was used: the household has it no longer."""
    household.vouchers.remove(effect["code"])
    tally.vouchers_used += 1
    tally.discount_cents += effect["amount"]


def redeemed(redemption: dict[str, Any], household: Household, tally: Tally) -> None:
    """Points were exchanged for a voucher."""
    household.points -= redemption["price"]
    household.redemptions += 1
    household.vouchers.append(redemption["voucher"]["code"])
    tally.points_burned += redemption["price"]
    tally.redemptions += 1
    tally.vouchers_issued += 1


def units(effect: dict[str, Any]) -> int:
    """How many units a discount falls on."""
    return sum(piece["quantity"] for piece in effect["pieces"])
