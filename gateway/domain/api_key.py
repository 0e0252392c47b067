"""How an API key is written: `wafa_test_<id>_<secret>` or `wafa_live_<id>_<secret>`."""

import hashlib
import re
from typing import Final

# The id is a key's own without its prefix; the secret is 256 random bits in hexadecimal.
PATTERN: Final = re.compile(rb"wafa_(?:test|live)_([0-7][0-9a-hjkmnp-tv-z]{25})_[0-9a-f]{64}")
MARK: Final = re.compile(r"wafa_(test|live)_", re.IGNORECASE)
SECRET_BYTES: Final = 32


def written_key(key_id: str, secret: str, *, livemode: bool) -> str:
    """The key as its holder sends it."""
    return f"wafa_{'live' if livemode else 'test'}_{key_id.removeprefix('key_')}_{secret}"


def key_id_in(key: bytes) -> str | None:
    """The id of the key that this claims to be; None when it cannot be one of ours."""
    match = PATTERN.fullmatch(key)
    return f"key_{match[1].decode()}" if match else None


def digest(key: bytes) -> bytes:
    """What is kept of a key. A secret of 256 bits cannot be guessed, so one round of SHA-256 hides it well enough."""
    return hashlib.sha256(key).digest()


def holds_key(text: str) -> bool:
    """Whether something that looks like a key stands in the text."""
    return MARK.search(text) is not None
