"""What people read."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from kernel.language import Language

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Name(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Words
    ar: Words

    def in_language(self, language: Language) -> str:
        """The name as that language's readers know it."""
        return self.ar if language is Language.ARABIC else self.en
