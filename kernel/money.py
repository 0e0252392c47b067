"""Money in the currency's minor unit. Source: ISO 4217."""

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217 lists the exponent of every currency; two is the rule, these are the exceptions still in use.
EXPONENTS = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """How many decimals the currency has: SAR 2, KWD 3, JPY 0."""
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor unit: Money(1250, "SAR") is 12.50 SAR, Money(1250, "KWD") is 1.250 KWD."""

    minor: int
    currency: str

    @property
    def major(self) -> Decimal:
        """The amount as people write it, with all of the currency's decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"


def shared(amount: int, weights: list[int]) -> list[int]:
    """Split `amount` in proportion to `weights` so that the pieces add up exactly.

    The odd minor units go to the largest remainders, the earlier piece first on a tie (Hamilton's method).
    All weights zero: everything goes to the first piece.
    """
    total = sum(weights)
    if total == 0:
        return [amount, *([0] * (len(weights) - 1))] if weights else []
    shares = [amount * weight for weight in weights]
    pieces = [share // total for share in shares]
    odd = amount - sum(pieces)
    if odd:
        remainders = [share % total for share in shares]
        # Turned round, equal ones stay in their order.
        by_remainder = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        for index in by_remainder[:odd]:
            pieces[index] += 1
    return pieces


def shared_in_turn(amount: int, weights: list[int]) -> list[int]:
    """Split `amount` in proportion to `weights` so that the pieces add up exactly.

    The odd minor units go to the first piece as far as its weight has room for them, then to the next. The amount is
    not more than the weights together.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    pieces = [amount * weight // total for weight in weights]
    odd = amount - sum(pieces)
    for index, weight in enumerate(weights):
        more = min(odd, weight - pieces[index])
        pieces[index] += more
        odd -= more
    return pieces
