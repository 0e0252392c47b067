"""The instant wins that rules name, as they are just now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.data.pipelines import Pipeline
from kernel.ids import TenantId
from services.loyalty.domain.customer import InstantWinFacts
from services.loyalty.tables.open_draws import Named

# A name may be used again when it is over: it means the newest.
READ = """
    SELECT wanted.tenant_id, wanted.instant_win, i.id, i.opens_at, i.closes_at, i.play_days, i.status = 'open'
    FROM unnest(%b::text[], %b::text[]) AS wanted (tenant_id, instant_win)
    JOIN LATERAL (
        SELECT * FROM instant_wins n
        WHERE n.tenant_id = wanted.tenant_id AND n.instant_win = wanted.instant_win
        ORDER BY n.id DESC LIMIT 1
    ) i ON true
"""


@dataclass(frozen=True, slots=True)
class OpenInstantWin:
    """An instant win that rules name."""

    id: str
    opens_at: datetime
    closes_at: datetime
    play_days: int | None
    is_open: bool

    def facts(self, at: datetime) -> InstantWinFacts:
        """What the rules are told of it when something is decided at that moment."""
        return InstantWinFacts(
            id=self.id,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            play_days=self.play_days,
            closed=not self.is_open or at >= self.closes_at,
        )


class OpenInstantWinsRequest:
    """The questions about some instant wins, asked in a pipeline; `answer` when it is over."""

    def __init__(self, asking: Pipeline, wanted: Iterable[Named]) -> None:
        self._wanted = sorted(set(wanted))
        names = sorted({(tenant_id, name) for tenant_id, _customer_id, name in self._wanted})
        self._found = asking.send_rows(READ, names)

    def answer(self) -> dict[Named, OpenInstantWin | None]:
        """Each that was asked for; None where there is no such instant win."""
        if self._found is None:
            return {}
        found: dict[tuple[TenantId, str], OpenInstantWin] = {
            (tenant_id, name): OpenInstantWin(*facts) for tenant_id, name, *facts in self._found.fetchall()
        }
        return {named: found.get((named[0], named[2])) for named in self._wanted}
