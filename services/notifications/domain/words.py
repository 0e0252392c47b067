"""Sentences, numbers, money and days as one language writes them.

The sentences stand in `texts/`, one file per language. A sentence that depends on a number is a table of forms by CLDR
plural category; the form `"=0"` goes before the category. Digits are Latin in both languages, as on the receipts and
screens beside the message.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from kernel.language import Language
from kernel.money import Money
from services.notifications.domain.isolation import isolated, plain

TEXTS = Path(__file__).parent / "texts"
CURRENCY = re.compile(r"[A-Z]{3}")
DAY_PATTERN = "d MMMM y"
Names = Mapping[str, str]


@cache
def catalogue(language: Language) -> dict[str, Any]:
    """All sentences of a language: section, then entry."""
    return tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def locale_of(language: Language) -> Locale:
    """CLDR's knowledge of the language."""
    return Locale(language.value)


@dataclass(frozen=True, slots=True)
class Words:
    """One language, for readers in one zone."""

    language: Language
    zone: tzinfo = UTC

    @property
    def locale(self) -> Locale:
        """CLDR's knowledge of the language."""
        return locale_of(self.language)

    def say(self, key: str, **facts: str) -> str:
        """The sentence `section.entry` with its places filled."""
        section, entry = key.split(".")
        sentence: str = catalogue(self.language)[section][entry]
        return sentence.format(**facts)

    def count(self, key: str, number: int, **facts: str) -> str:
        """The sentence in the form that the number asks for; `{n}` in it is the number."""
        section, entry = key.split(".")
        forms: dict[str, str] = catalogue(self.language)[section][entry]
        form = forms.get(f"={number}") or forms[self.locale.plural_form(number)]
        return form.format(n=self.number(number), **facts)

    def number(self, number: int) -> str:
        """The number in Latin digits, its thousands grouped."""
        return format_decimal(number, locale=self.locale)

    def amount(self, unit: str, amount: int) -> str:
        """So much of what a wallet counts: "3 points", "12.50 Saudi riyals" for a currency, else number and unit."""
        if unit in catalogue(self.language)["amount"]:
            return self.count(f"amount.{unit}", amount)
        if CURRENCY.fullmatch(unit):
            return self.money(amount, unit)
        return f"{self.number(amount)} {isolated(unit)}"

    def money(self, minor: int, currency: str) -> str:
        """An amount of money with all of its currency's decimals, the currency by its name."""
        return format_currency(Money(minor, currency).major, currency, locale=self.locale, format_type="name")

    def day(self, day: date) -> str:
        """The day, its month spelled out."""
        return format_date(day, DAY_PATTERN, locale=self.locale)

    def first_day(self, moment: datetime) -> str:
        """The reader's day on which something begins."""
        return self.day(moment.astimezone(self.zone).date())

    def last_day(self, end: datetime) -> str:
        """The reader's last day before something ends: a voucher that ends at midnight is good for the day before."""
        return self.day((end - timedelta(seconds=1)).astimezone(self.zone).date())

    def name(self, names: Names) -> str:
        """The name in this language; in another where nobody gave one."""
        return isolated(plain(names.get(self.language) or next(filter(None, names.values()), "")))
