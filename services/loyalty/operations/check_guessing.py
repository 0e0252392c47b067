"""Guessing codes is not worth while: wrong ones are counted, and too many bar further looks. docs/rules/vouchers.md."""

from datetime import datetime
from math import ceil

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.tables.wrong_codes import read_wrong


def check_guessing(db: Session, tenant_id: TenantId, guesser: Guesser, *, at: datetime) -> None:
    """Raises TooManyWrongCodes while too many wrong codes came from there, whether or not this one is right."""
    ends = [until for wrong in read_wrong(db, tenant_id, guesser) if (until := wrong.barred_until(at))]
    if ends:
        raise TooManyWrongCodes(retry_after=ceil((max(ends) - at).total_seconds()))
