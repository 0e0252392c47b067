"""What rules with limits gave so far: under the customer's lock, and under their own where customers share them."""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.pipelines import Answer, Pipeline, columns_for, pipeline
from chassis.data.row_sets import RowSet, places
from chassis.data.tables import TenantKey
from kernel.ids import TenantId
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.tally import Given, Tally, Used
from services.loyalty.tables.base import Base


class TallyRow(Base):
    """What a rule gave in a period, to a customer, in a store or (the holder is empty) to everyone.

    `last_at` is the customer's last use of a rule that has a cool-down.
    """

    __tablename__ = "tallies"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    tenant_id: Mapped[TenantKey]
    program_id: Mapped[str] = mapped_column(primary_key=True)
    each: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    per: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]
    last_at: Mapped[datetime | None]


class TallyKey(NamedTuple):
    """What names a tally. In the order in which they are locked."""

    tenant_id: TenantId
    program_id: str
    each: str
    holder: str
    rule: str
    measure: str
    per: str
    starts_on: date


# Where the last use is kept.
USES_EVER = ("uses", "ever", "customer")

Keys = Mapping[Tally, TallyKey]

KEY = {
    "tenant_id": "text",
    "program_id": "text",
    "each": "text",
    "holder": "text",
    "rule": "text",
    "measure": "text",
    "per": "text",
    "starts_on": "date",
}
READ = f"""
    SELECT {", ".join(f"t.{name}" for name in KEY)}, t.amount, t.last_at
    FROM unnest({places(KEY)}) AS wanted ({", ".join(KEY)})
    JOIN tallies t ON {" AND ".join(f"t.{name} = wanted.{name}" for name in KEY)}
"""  # noqa: S608 - the columns are ours
# In the order of the keys, as everywhere: so nobody waits in a circle.
LOCK = f"{READ} ORDER BY {', '.join(f't.{name}' for name in KEY)} FOR NO KEY UPDATE OF t"
# A tally that is not there yet cannot be locked: whoever comes first makes it, the others wait for it.
ENSURE = RowSet("tallies", {**KEY, "amount": "bigint"}, "ON CONFLICT DO NOTHING")
ADD = RowSet(
    "tallies",
    {**KEY, "amount": "bigint", "last_at": "timestamptz"},
    """ON CONFLICT (tenant_id, program_id, each, holder, rule, measure, per, starts_on) DO UPDATE SET
        amount = tallies.amount + excluded.amount, last_at = greatest(tallies.last_at, excluded.last_at)""",
)

Uses = Literal["purchases", "activities"]
# The last use of a rule with a cool-down is then the latest of the others.
FORGET_USE: Mapping[Uses, TextClause] = {
    uses: text(f"""
        UPDATE tallies SET last_at = (
            SELECT max(u.occurred_at) FROM {uses} u
            WHERE u.tenant_id = :tenant_id AND u.customer_id = :holder AND u.id <> :used_by
              AND u.program_id = :program_id AND u.status <> 'cancelled'
              AND u.effects::jsonb @> jsonb_build_array(jsonb_build_object('rule', CAST(:rule AS text)))
              AND EXISTS (SELECT FROM program_versions v
                          WHERE v.tenant_id = u.tenant_id AND v.program_id = u.program_id
                            AND v.version = u.program_version
                            AND jsonb_path_exists(v.document::jsonb,
                                                  '$.rules[*] ? (@.id == $rule && @.cool_down != null)',
                                                  jsonb_build_object('rule', CAST(:rule AS text)))))
        WHERE tenant_id = :tenant_id AND program_id = :program_id AND each = 'customer' AND holder = :holder
          AND rule = :rule AND measure = 'uses' AND per = 'ever'
    """)  # noqa: S608 - the names of the tables are ours
    for uses in get_args(Uses)
}


def forget_use(db: Session, key: TallyKey, uses: Uses, used_by: str) -> None:
    """Let the last use of the customer's rule, which has a cool-down, be one by another purchase or activity."""
    db.execute(FORGET_USE[uses], {**key._asdict(), "used_by": used_by})


def keys_of(
    tenant_id: TenantId,
    program_id: str,
    program: CompiledProgram,
    customer_id: str | None,
    store_id: str,
    at: datetime,
) -> Keys:
    """The tallies that concern a sale at that moment. A walk-in has none of the customer's."""
    if not program.tallies:
        return {}
    today = at.astimezone(program.terms.zone).date()
    holders = {tally: tally.holder(customer_id, store_id) for tally in program.tallies}
    return {
        tally: TallyKey(
            tenant_id, program_id, tally.each, holder, tally.rule, tally.of, tally.per, tally.period_at(today)
        )
        for tally, holder in holders.items()
        if holder is not None
    }


def counted(
    keys: Keys, given: Mapping[str, Given], cooling: Set[str], at: datetime
) -> Iterator[tuple[TallyKey, int, datetime | None]]:
    """By how much each tally changes with what rules give at that moment; and the last use of one that cools down."""
    for tally, key in keys.items():
        if not tally.ago and (gives := given.get(tally.rule)) and (amount := gives.of(tally.of)):
            cools = tally.rule in cooling and tally[1:4] == USES_EVER
            yield key, amount, at if cools and amount > 0 else None


class Tallies:
    """The tallies that a batch has read, kept up to date while it is decided."""

    def __init__(self, *, lock: bool = True) -> None:
        self._lock = lock
        self._amounts: dict[TallyKey, int] = {}
        self._last: dict[TallyKey, datetime] = {}
        self._asked: list[Answer] = []

    def ask(self, asking: Pipeline, wanted: Iterable[Keys]) -> None:
        """Ask for those that are not known yet, after the customers; nothing is sent when there are none."""
        keys = sorted({key for keys in wanted for key in keys.values()} - self._amounts.keys())
        shared = [key for key in keys if self._lock and key.each != "customer"]
        own = [key for key in keys if not self._lock or key.each == "customer"]
        if own:
            self._asked.append(asking.send(READ, columns_for(READ, own)))
        if shared:
            ENSURE.insert(asking, [(*key, 0) for key in shared])
            self._asked.append(asking.send(LOCK, columns_for(LOCK, shared)))
        self._amounts.update(dict.fromkeys(keys, 0))

    def keep(self) -> None:
        """Keep what was answered."""
        for answer in self._asked:
            for *key, amount, last_at in answer.fetchall():
                named = TallyKey(*key)
                self._amounts[named] = amount
                if last_at is not None:
                    self._last[named] = last_at
        self._asked.clear()

    def load(self, db: Session, keys: Keys) -> None:
        """Read in a round trip of its own what was not foreseen."""
        if not self._amounts.keys() >= set(keys.values()):
            with pipeline(db) as asking:
                self.ask(asking, [keys])
            self.keep()

    def used(self, keys: Keys) -> Used:
        """What the rules are told of it."""
        return Used(
            amounts={tally.label: self._amounts[key] for tally, key in keys.items() if self._amounts[key]},
            last={tally.rule: self._last[key] for tally, key in keys.items() if key in self._last},
        )

    def add(self, key: TallyKey, amount: int, last_at: datetime | None) -> None:
        """Count for the sales that follow in the batch."""
        self._amounts[key] += amount
        if last_at is not None:
            self._last[key] = max(last_at, self._last.get(key, last_at))
