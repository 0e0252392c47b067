"""A quote's id is a promise that we can read again: the program version, until when, and for which basket.

It is signed and not stored: quoting leaves no trace.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chassis.settings import Settings
from kernel.clock import utc_now
from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.refusals.purchases import QuoteExpired, QuoteInvalid

QUOTE_MINUTES = 15
PREFIX = "qot_"
SIGNATURE_BYTES = 12


class Quoted(NamedTuple):
    """The program version that was promised."""

    program_id: str
    version: int


def quote_token(
    settings: Settings, tenant_id: TenantId, basket: Basket, quoted: Quoted, at: datetime
) -> tuple[str, datetime]:
    """A quote's id, and until when it is honoured."""
    expires_at = (at + timedelta(minutes=QUOTE_MINUTES)).replace(microsecond=0)
    promise = f"{quoted.program_id}.{quoted.version}.{int(expires_at.timestamp())}"
    signed = signature(settings, tenant_id, basket, promise) + promise.encode()
    return PREFIX + base64.urlsafe_b64encode(signed).decode().rstrip("="), expires_at


def quoted_version(settings: Settings, tenant_id: TenantId, basket: Basket) -> Quoted:
    """The version that the basket's quote promised. Raises QuoteInvalid and QuoteExpired."""
    token = (basket.quote_id or "").removeprefix(PREFIX)
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        promise = signed[SIGNATURE_BYTES:].decode()
    except ValueError as error:
        raise QuoteInvalid from error
    if not hmac.compare_digest(signed[:SIGNATURE_BYTES], signature(settings, tenant_id, basket, promise)):
        raise QuoteInvalid
    program_id, version, expires = promise.split(".")
    if datetime.fromtimestamp(int(expires), UTC) < utc_now():
        raise QuoteExpired(expired_at=datetime.fromtimestamp(int(expires), UTC).isoformat())
    return Quoted(program_id, int(version))


def signature(settings: Settings, tenant_id: TenantId, basket: Basket, promise: str) -> bytes:
    """Binds a promise to the tenant, the customer and the lines; receipt and moment are known only at the sale."""
    content = basket.model_dump_json(include={"customer_id", "store_id", "currency", "lines", "codes", "choices"})
    bound = f"{tenant_id} {promise} {content}".encode()
    return hmac.new(settings.internal_token.get_secret_value().encode(), bound, hashlib.sha256).digest()[
        :SIGNATURE_BYTES
    ]
