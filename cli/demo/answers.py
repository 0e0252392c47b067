"""What the answers add up to."""

from typing import Any

from cli.demo.cursor import Household, Tally
from cli.demo.program import FREEING_RULE, HAPPY_RULE, MILESTONE_RULE


def purchased(purchase: dict[str, Any], household: Household, tally: Tally) -> None:
    """A purchase was recorded."""
    tally.purchases += 1
    take_in(purchase["effects"], household, tally)


def signed_up(activity: dict[str, Any], household: Household, tally: Tally) -> None:
    """A household is sent the newsletter now."""
    tally.sign_ups += 1
    take_in(activity["effects"], household, tally)


def take_in(effects: list[dict[str, Any]], household: Household, tally: Tally) -> None:
    """Count effects, and remember what the household has to spend."""
    for effect in effects:
        match effect["kind"]:
            case "accrue":
                accrued(effect, household, tally)
            case "discount":
                tally.discount_cents += effect["amount"]
                # Other discounts free no unit; the rule for yogurt frees whole ones.
                if effect["rule"] == FREEING_RULE:
                    tally.free_items += units(effect)
            case "issue_voucher":
                household.vouchers.append(effect["code"])
                tally.vouchers_issued += 1
            case "use_voucher":
                take_voucher(effect, household, tally)
            case _:
                count(effect, tally)


def count(effect: dict[str, Any], tally: Tally) -> None:
    """Count what a household need not remember. A step towards a goal is nothing yet."""
    match effect["kind"]:
        case "give":
            tally.free_items += effect["quantity"]
        case "stamp":
            tally.stamps += effect["stamps"]
        case "extend_membership":
            tally.memberships_extended += 1
        case "issue_pass":
            tally.passes_issued += effect["passes"]
        case "enter_draw":
            tally.draw_entries += effect["entries"]
        case "achieve":
            tally.challenges_met += 1


def accrued(effect: dict[str, Any], household: Household, tally: Tally) -> None:
    """Points came into the wallet, whatever for."""
    household.points += effect["amount"]
    tally.points_accrued += effect["amount"]
    if effect["rule"] == HAPPY_RULE:
        tally.happy_points += effect["amount"]
    elif effect["rule"] == MILESTONE_RULE:
        tally.milestones += 1


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
