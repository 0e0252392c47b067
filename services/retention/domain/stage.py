"""Where a relationship stands, judged by the customer's own rhythm. Source: docs/retention.md, "Stages"."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.retention.domain.ratio import Ratio
from services.retention.domain.rhythm import VISITS_MIN, Rhythm

GAP_DEFAULT = Decimal(30)
# Half of all gaps are longer than the median. If visits fell by pure chance, one gap in eight would pass three times
# the median and one in sixty-four six times.
SLIPPING_TIMES = 3
LAPSED_TIMES = 6


class Stage(StrEnum):
    """The stages this service tells apart."""

    PROSPECT = "prospect"
    NEW = "new"
    ACTIVE = "active"
    SLIPPING = "slipping"
    LAPSED = "lapsed"
    WON_BACK = "won_back"


class Basis(StrEnum):
    """Whose gap a customer is measured by."""

    OWN = "own"
    TENANT = "tenant"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The gap, in days, by which a silence is judged, and whose it is."""

    gap: Decimal
    basis: Basis


@dataclass(frozen=True, slots=True)
class Standing:
    """A stage and what it was judged by: nothing, for a prospect."""

    stage: Stage
    days_since: int | None = None
    yardstick: Yardstick | None = None

    @property
    def lateness(self) -> Ratio:
        """Days since the last visit, in gaps of the yardstick. Counted in half days, so that both numbers are whole."""
        if self.days_since is None or self.yardstick is None:
            return Ratio(0, 0)
        return Ratio(2 * self.days_since, int(2 * self.yardstick.gap))


def standing_of(rhythm: Rhythm | None, tenant_gap: Decimal | None, *, on: date) -> Standing:
    """Where a customer stands on a local day. `tenant_gap` serves those who have no rhythm of their own yet."""
    if rhythm is None:
        return Standing(Stage.PROSPECT)
    days_since = max((on - rhythm.last_on).days, 0)
    yardstick = yardstick_of(rhythm.gap, tenant_gap)
    return Standing(stage_after(days_since, rhythm, yardstick, tenant_gap), days_since, yardstick)


def stage_after(days_since: int, rhythm: Rhythm, yardstick: Yardstick, tenant_gap: Decimal | None) -> Stage:
    """The stage of someone who has come at least once. Silence says more than what came before it."""
    if days_since > LAPSED_TIMES * yardstick.gap:
        return Stage.LAPSED
    if days_since > SLIPPING_TIMES * yardstick.gap:
        return Stage.SLIPPING
    if has_come_back(rhythm, tenant_gap):
        return Stage.WON_BACK
    return Stage.NEW if rhythm.visits < VISITS_MIN else Stage.ACTIVE


def has_come_back(rhythm: Rhythm, tenant_gap: Decimal | None) -> bool:
    """Whether the last visit ended a silence after which the customer counted as lapsed."""
    then = yardstick_of(rhythm.gap_before, tenant_gap)
    return rhythm.gap_last is not None and rhythm.gap_last > LAPSED_TIMES * then.gap


def yardstick_of(own_gap: Decimal | None, tenant_gap: Decimal | None) -> Yardstick:
    """A customer's own gap when there is one, else what is usual at the tenant, else thirty days."""
    if own_gap is not None:
        return Yardstick(own_gap, Basis.OWN)
    if tenant_gap is not None:
        return Yardstick(tenant_gap, Basis.TENANT)
    return Yardstick(GAP_DEFAULT, Basis.DEFAULT)
