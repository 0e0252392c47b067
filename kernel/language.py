"""The two languages every answer can be given in."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language Wafa answers in."""

    ENGLISH = "en"
    ARABIC = "ar"


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in both languages; `{name}` stands for a fact filled in later."""

    en: str
    ar: str

    def in_language(self, language: Language) -> str:
        """The sentence in that language, with its places still open."""
        return self.ar if language is Language.ARABIC else self.en
