"""Ids people can read: a prefix that names the kind, and a time-ordered UUID. Source: TypeID 0.3, RFC 9562 (UUIDv7)."""

import re
from typing import NewType

from uuid_utils import uuid7

TenantId = NewType("TenantId", str)
CustomerId = NewType("CustomerId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PAIRS = tuple(high + low for high in ALPHABET for low in ALPHABET)
ID_PATTERN = re.compile(r"[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}")


def new_id(prefix: str) -> str:
    """A fresh id such as `cus_01h455vb4pex5vsknk084sn02q`. Later ids sort after earlier ones."""
    return f"{prefix}_{base32(uuid7().int)}"


def base32(number: int) -> str:
    """A 128-bit number as 26 characters of Crockford's base32, most significant first."""
    return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the form of an id of that kind."""
    return text.startswith(prefix + "_") and ID_PATTERN.fullmatch(text) is not None
