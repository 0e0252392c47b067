"""What people read."""

from pydantic import BaseModel, ConfigDict

from kernel.language import Language
from services.loyalty.domain.written import Words


class Name(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Words
    ar: Words

    def in_language(self, language: Language) -> str:
        """The name as that language's readers know it."""
        return self.ar if language is Language.ARABIC else self.en
