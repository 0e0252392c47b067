"""Codes that cannot be guessed and are hard to mistype. Source: Crockford's base 32, docs/rules/vouchers.md."""

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS = DIGITS + "*~$=U"
RANDOM_BYTES = 10
LENGTH = RANDOM_BYTES * 8 // 5 + 1
GROUP = 4

# What people type for what they read: letters that look like digits, the digits of Arabic and Persian keyboards, and
# the gaps between groups (dashes, spaces, and the marks that turn the writing direction).
LOOKALIKES = str.maketrans(
    {
        "O": "0",
        "I": "1",
        "L": "1",
        **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
        **dict.fromkeys("- \u00a0\u2010\u2011\u2012\u2013\u2014\u2212\u200e\u200f\u2066\u2067\u2068\u2069\t\n"),
    }
)


def voucher_code(random_bytes: bytes) -> str:
    """The code for 80 random bits, in its plain form: sixteen characters and a check symbol."""
    assert len(random_bytes) == RANDOM_BYTES
    number = int.from_bytes(random_bytes)
    characters = [DIGITS[number >> shift & 31] for shift in range(RANDOM_BYTES * 8 - 5, -1, -5)]
    return "".join(characters) + check_symbol(number)


def normalised(typed: str) -> str:
    """The plain form of a code as someone typed it."""
    return typed.upper().translate(LOOKALIKES)


def is_voucher_code(typed: str) -> bool:
    """Whether it has the form of a code and its check symbol is right. One mistyped character is always found."""
    plain = normalised(typed)
    if len(plain) != LENGTH or not set(plain[:-1]) <= set(DIGITS):
        return False
    number = 0
    for character in plain[:-1]:
        number = number * 32 + DIGITS.index(character)
    return check_symbol(number) == plain[-1]


def displayed(plain: str) -> str:
    """The code in groups of four, as people read it."""
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def check_symbol(number: int) -> str:
    """The symbol that tells whether the characters of a number were mistyped."""
    return CHECK_SYMBOLS[number % 37]
