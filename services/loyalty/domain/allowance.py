"""Units that a customer may spend at a till without a connection: a signed promise, small enough for a QR code.

Source: docs/rules/offline.md.
"""

import base64
import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel.language import Text
from services.loyalty.domain.refusals.offline import AllowanceInvalid, AllowanceNotOffered
from services.loyalty.domain.terms import Terms

KIND = "WOA1"
# A till's clock may be wrong by this much where the time of an allowance is concerned.
CLOCK_TOLERANCE = timedelta(minutes=5)

Reason = Literal["spent", "outside_time", "called_off", "too_late", "not_enough"]
REASONS: dict[str, Text] = {
    "spent": Text(en="The allowance had been spent at another till", ar="صُرف الرصيد المسموح به عند صندوق آخر"),
    "outside_time": Text(en="The sale was outside the allowance's time", ar="البيع خارج مدة الرصيد المسموح به"),
    "called_off": Text(en="The allowance had been called off", ar="أُلغي الرصيد المسموح به قبل ذلك"),
    "too_late": Text(
        en="The sale came after the units were free again, and they are spent",
        ar="وصل البيع بعد أن تحرر الرصيد المحجوز، وقد صُرف",
    ),
    "not_enough": Text(en="A return or a debt had taken the units", ar="أخذ مرتجع أو دين هذا الرصيد"),
}


class SigningKey(NamedTuple):
    """A tenant's key: `seed` is secret, `kid` is by which tills find the public part."""

    seed: bytes

    @property
    def private(self) -> Ed25519PrivateKey:
        """What signs."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> bytes:
        """What tills check by."""
        return self.private.public_key().public_bytes_raw()

    @property
    def kid(self) -> str:
        """The key's short name: the beginning of its public part's hash."""
        return text_of(hashlib.sha256(self.public).digest()[:6])


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many `units` that pay for up to `worth` minor units of `currency`, between two moments."""

    tenant_id: str
    customer_id: str
    id: str
    unit: str
    units: int
    currency: str
    worth: int
    valid_from: datetime
    valid_until: datetime

    def units_for(self, amount: int) -> int:
        """How many of the units have paid once `amount` minor units are paid: all of them for all of the worth."""
        return -(-amount * self.units // self.worth)

    def worth_of(self, units: int) -> int:
        """For how much so many units pay, in minor units."""
        return units * self.worth // self.units

    def is_in_time(self, sold_at: datetime) -> bool:
        """Whether a till could take it at that moment, by a clock that is a little wrong."""
        return self.valid_from - CLOCK_TOLERANCE <= sold_at < self.valid_until + CLOCK_TOLERANCE


def signed(allowance: Allowance, key: SigningKey) -> str:
    """The text of the QR code: what is promised, in the order of the fields, then the signature of all before it."""
    values = (getattr(allowance, each.name) for each in fields(allowance))
    plain = [str(int(value.timestamp()) if isinstance(value, datetime) else value) for value in values]
    said = ".".join((KIND, key.kid, *plain))
    return f"{said}.{text_of(key.private.sign(said.encode()))}"


def claimed(token: str) -> Allowance:
    """What a token says. Whether we gave it is for who knows its hash. Raises AllowanceInvalid."""
    try:
        kind, _kid, tenant, customer, serial, unit, units, currency, worth, since, until, _signature = token.split(".")
        said = Allowance(
            tenant_id=tenant,
            customer_id=customer,
            id=serial,
            unit=unit,
            units=int(units),
            currency=currency,
            worth=int(worth),
            valid_from=datetime.fromtimestamp(int(since), UTC),
            valid_until=datetime.fromtimestamp(int(until), UTC),
        )
    except (ValueError, OverflowError, OSError) as error:
        raise AllowanceInvalid from error
    if kind != KIND:
        raise AllowanceInvalid
    return said


def token_hash(token: str) -> bytes:
    """What is kept of a token: who reads it cannot show the token."""
    return hashlib.sha256(token.encode()).digest()


def worth_under(terms: Terms | None, unit: str, units: int) -> tuple[str, int]:
    """The currency and the minor units that so many units pay for. Raises AllowanceNotOffered where they pay nothing.

    Units of the program's money are worth what they are; others go by its rate for points.
    """
    if terms is not None and unit == terms.currency:
        return terms.currency, units
    if terms is not None and unit == terms.paying_unit and (taken := terms.pay_with_points) is not None:
        worth = units * taken.worth // taken.points
        if worth:
            return terms.currency, worth
    raise AllowanceNotOffered(unit=unit)


def text_of(data: bytes) -> str:
    """Bytes as they are written in tokens: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
