"""Names as a search compares them: أحمد and احمد, فاطمة and فاطمه, José and Jose are the same."""

import re
import unicodedata

from services.customers.domain.digits import latin_digits

# Letters that are typed for one another, in Arabic and on Persian and Urdu keyboards.
LETTERS = str.maketrans({"ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ہ": "ه", "ک": "ك", "ـ": None})
WORD = re.compile(r"[^\W_]+")
# عبد الله is one name, and as often written عبدالله.
ABD = re.compile(r"\bعبد ال")


def folded(name: str) -> str:
    """The name's words, one blank between them, without vowel signs, accents, hamzas and capitals.

    Source: Unicode NFKD; the marks it splits off, and characters that only format, are dropped.
    """
    split = unicodedata.normalize("NFKD", name).translate(LETTERS)
    kept = "".join(sign for sign in split if unicodedata.category(sign) not in ("Mn", "Cf"))
    words = " ".join(WORD.findall(latin_digits(kept).casefold()))
    return ABD.sub("عبدال", words)
