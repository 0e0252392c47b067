"""The draws that rules name, as they are for a customer just now: read under the customer's lock.

Whoever reads that a draw is open holds a lock by then, and so has a place among the running transactions: closing waits
until all of those are over (docs/rules/draws.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.data.pipelines import Pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.customer import DrawFacts
from services.loyalty.tables.moves import person

# A name may be used again when the draw is over: it means the newest.
READ = f"""
    SELECT wanted.tenant_id, wanted.customer_id, wanted.draw, d.id, d.opens_at, d.closes_at, d.status = 'open',
           d.entries_per_customer, coalesce(e.entries, 0),
           CASE WHEN d.entries_per_customer IS NULL THEN 0 ELSE (
               SELECT coalesce(sum(o.entries), 0) FROM draw_entrants o
               WHERE o.tenant_id = wanted.tenant_id AND o.draw_id = d.id AND o.customer_id <> wanted.customer_id
                 AND o.customer_id = ANY ({person("wanted.tenant_id", "wanted.customer_id")}))::bigint END
    FROM unnest(%b::text[], %b::text[], %b::text[]) AS wanted (tenant_id, customer_id, draw)
    JOIN LATERAL (
        SELECT * FROM prize_draws p
        WHERE p.tenant_id = wanted.tenant_id AND p.draw = wanted.draw AND p.status <> 'cancelled'
        ORDER BY p.id DESC LIMIT 1
    ) d ON true
    LEFT JOIN draw_entrants e
        ON e.tenant_id = wanted.tenant_id AND e.draw_id = d.id AND e.customer_id = wanted.customer_id
"""  # noqa: S608 - the text is ours

Named = tuple[TenantId, CustomerId, str]


@dataclass(slots=True)
class OpenDraw:
    """A draw, and how many entries the customer has in it so far.

    `entries_elsewhere` are those under other ids of the same person; only counted where `entries_max` limits them.
    """

    id: str
    opens_at: datetime
    closes_at: datetime
    is_open: bool
    entries_max: int | None
    entries: int
    entries_elsewhere: int = 0

    def facts(self, at: datetime) -> DrawFacts:
        """What the rules are told of it when something is decided at that moment."""
        return DrawFacts(
            id=self.id,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            closed=not self.is_open or at >= self.closes_at,
            left=None if self.entries_max is None else max(self.entries_max - self.entries - self.entries_elsewhere, 0),
        )


class OpenDrawsRequest:
    """The questions about some draws, asked in a pipeline after the locks; `answer` when it is over."""

    def __init__(self, asking: Pipeline, wanted: Iterable[Named]) -> None:
        self._wanted = sorted(set(wanted))
        self._draws = asking.send_rows(READ, self._wanted)

    def answer(self) -> dict[Named, OpenDraw | None]:
        """Each that was asked for; None where there is no such draw."""
        answers: dict[Named, OpenDraw | None] = dict.fromkeys(self._wanted)
        for tenant_id, customer_id, draw, *facts in self._draws.fetchall() if self._draws else ():
            answers[tenant_id, customer_id, draw] = OpenDraw(*facts)
        return answers
