"""What the tables of every service have in common: names of constraints, column types, and the mailroom."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from kernel.ids import CustomerId, TenantId
from kernel.points import Points

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
COLUMN_TYPES = {
    int: BigInteger(),
    str: Text(),
    bytes: LargeBinary(),
    datetime: DateTime(timezone=True),
    date: Date(),
    dict: JSONB(),
    TenantId: Text(),
    CustomerId: Text(),
    Points: BigInteger(),
}

TenantKey = Annotated[TenantId, mapped_column(primary_key=True)]
Moment = DateTime(timezone=True)


def service_metadata() -> MetaData:
    """A service's own metadata, which holds the tables that every service has."""
    metadata = MetaData(naming_convention=NAMING)
    describe_mailroom(metadata)
    return metadata


def describe_mailroom(metadata: MetaData) -> None:
    """Outbox, inbox, dead letters, idempotency keys and known tenants: the same in every service.

    `known_tenants` names no tenant as owner of a row: it is the list by which jobs and proofs go from tenant to tenant.
    """
    Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("created_at", Moment, primary_key=True, server_default=func.now()),
        Column("tenant_id", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text),
        Column("occurred_at", Moment, nullable=False),
        Column("data", Text, nullable=False),
        Column("trace", Text),
        Column("sent_partition", Integer),
        Column("sent_offset", BigInteger),
        Column("sent_at", Moment),
        Index("ix_outbox_unsent", "position", postgresql_where=text("sent_offset IS NULL")),
        Index("ix_outbox_sent", "topic", "sent_partition", "sent_offset"),
        postgresql_partition_by="RANGE (created_at)",
    )
    Table(
        "inbox",
        metadata,
        Column("tenant_id", Text, primary_key=True),
        Column("event_id", Text, primary_key=True),
        Column("heard_at", Moment, nullable=False, server_default=func.now()),
    )
    Table(
        "dead_letters",
        metadata,
        Column("tenant_id", Text, primary_key=True),
        Column("event_id", Text, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary),
        Column("parked_at", Moment, nullable=False, server_default=func.now()),
        Column("resolved_at", Moment),
        Index("ix_dead_letters_parked", "tenant_id", "key", postgresql_where=text("resolved_at IS NULL")),
    )
    Table(
        "idempotency_keys",
        metadata,
        Column("tenant_id", Text, primary_key=True),
        Column("operation", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer),
        Column("headers", Text),
        Column("reply", Text),
        Column("created_at", Moment, nullable=False, server_default=func.now()),
    )
    Table(
        "known_tenants",
        metadata,
        Column("id", Text, primary_key=True),
        Column("livemode", Boolean, nullable=False),
        Column("currency", Text, nullable=False),
        Column("time_zone", Text, nullable=False),
    )
