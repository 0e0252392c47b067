"""What the customers service can be told from outside, beside what every process can."""

from pydantic import Field

from chassis.settings import Settings


class CustomersSettings(Settings):
    """`WAFA_COUNTRY` names the region in whose spelling a phone number without a country code is read (ISO 3166)."""

    country: str = Field(default="SA", pattern="^[A-Z]{2}$")
