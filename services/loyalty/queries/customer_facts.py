"""What the rules may ask about a customer, as it stands."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts, PlanDays, VoucherFacts
from services.loyalty.domain.reward import REWARD
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.tables.receipts import PresentedVoucher
from services.loyalty.tables.standings import (
    Membership,
    Standing,
)


def facts_of(
    basket: Basket, standing: Standing, presented: Mapping[tuple[TenantId, str], PresentedVoucher], at: datetime
) -> CustomerFacts:
    """What the rules may ask about the customer of a basket, `at` the moment it is decided."""
    vouchers = [
        presented[standing.tenant_id, plain]
        for plain in dict.fromkeys(normalised(code) for code in basket.codes)
        if (standing.tenant_id, plain) in presented
    ]
    facts = facts_of_standing(
        standing,
        tuple(
            VoucherFacts(
                code=voucher.code,
                reward=REWARD.validate_json(voucher.benefit),
                valid_until=voucher.valid_until,
                used=voucher.status != "issued",
                reserved=voucher.is_reserved(at, basket.reservation_id),
            )
            for voucher in vouchers
            if voucher.customer_id == standing.customer_id
        ),
    )
    return with_draws(facts, standing, at)


def with_draws(facts: CustomerFacts, standing: Standing, at: datetime) -> CustomerFacts:
    """The facts with the draws and instant wins that rules name, as they are when something is decided `at`."""
    if standing.draws:
        facts = replace(facts, draws={name: draw.facts(at) for name, draw in standing.draws.items() if draw})
    if standing.instant_wins:
        known = {name: found.facts(at) for name, found in standing.instant_wins.items() if found}
        facts = replace(facts, instant_wins=known)
    return facts


def facts_of_standing(standing: Standing, vouchers: tuple[VoucherFacts, ...] = ()) -> CustomerFacts:
    """What the rules may ask about a customer, with the vouchers they show."""
    return CustomerFacts(
        id=standing.customer_id,
        purchases=standing.purchases,
        stamps={name: card.stamps for name, card in standing.cards.items()},
        memberships={plan: membership.ends_on for plan, membership in standing.memberships.items()},
        freezes={
            plan: (membership.frozen_from, membership.frozen_until)
            for plan, membership in standing.memberships.items()
            if membership.frozen_from
        },
        shared={plan: days_of(membership) for plan, membership in (standing.shared or {}).items()},
        segments=frozenset(standing.segments),
        vouchers=vouchers,
    )


def with_days(facts: CustomerFacts, standing: Standing) -> CustomerFacts:
    """The facts with the birthday and the day of joining, which are only kept with sales whose rules ask for them."""
    return replace(facts, birthday=standing.birthday, joined_on=standing.joined_on)


def days_of(membership: Membership) -> PlanDays:
    """The days of a membership, as rules see them."""
    return PlanDays(
        ends_on=membership.ends_on, frozen_from=membership.frozen_from, frozen_until=membership.frozen_until
    )
