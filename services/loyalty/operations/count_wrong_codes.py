"""Remembering wrong codes. Source: docs/rules/vouchers.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.guessing import Guesser
from services.loyalty.tables.wrong_codes import count_wrong


def count_wrong_codes(db: Session, tenant_id: TenantId, guesser: Guesser, wrong: int, *, at: datetime) -> None:
    """Remember wrong codes, in the transaction of the answer that says so: it must be committed."""
    if wrong:
        count_wrong(db, tenant_id, guesser, wrong, at)
