"""Phone numbers, in whatever spelling, as E.164. Source: ITU-T E.164, by Google's libphonenumber."""

import phonenumbers

from services.customers.domain.digits import latin_digits
from services.customers.domain.refusals import InvalidPhone


def e164(written: str, country: str) -> str:
    """The number as `+966501234567`; without a country code it is read as people in `country` (ISO 3166) write it.

    Raises InvalidPhone when no such number can exist. The number itself is not repeated in the refusal.
    """
    try:
        number = phonenumbers.parse(latin_digits(written), country)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(country=country) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise InvalidPhone(country=country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
