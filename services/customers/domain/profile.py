"""What is known about a customer, in the form in which it is kept."""

from datetime import date
from typing import TypedDict

from services.customers.domain.card import normal_card
from services.customers.domain.email_address import normal_email
from services.customers.domain.phone import e164
from services.customers.domain.refusals import BirthdayAhead


class Profile(TypedDict, total=False):
    """The fields a tenant may set. One that is away stays as it is; None clears it."""

    external_id: str | None
    name: str | None
    phone: str | None
    email: str | None
    card: str | None
    birthday: date | None
    language: str
    time_zone: str | None
    status: str
    labels: dict[str, str]


def normal_profile(given: Profile, *, country: str, today: date) -> Profile:
    """The profile with its identifiers in their normal form.

    `country` is where a phone number without a country code is read.
    Raises InvalidPhone, InvalidEmail, InvalidCard, BirthdayAhead.
    """
    normal = given.copy()
    if phone := given.get("phone"):
        normal["phone"] = e164(phone, country)
    if email := given.get("email"):
        normal["email"] = normal_email(email)
    if card := given.get("card"):
        normal["card"] = normal_card(card)
    if (birthday := given.get("birthday")) and birthday > today:
        raise BirthdayAhead(birthday=birthday.isoformat())
    return normal
