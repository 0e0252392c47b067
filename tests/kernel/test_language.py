import pytest

from kernel.language import Language, Text


@pytest.mark.parametrize(
    ("language", "sentence"), [(Language.ENGLISH, "Hello {name}"), (Language.ARABIC, "مرحبًا {name}")]
)
def test_a_text_is_in_the_language_asked_for(language: Language, sentence: str) -> None:
    assert Text(en="Hello {name}", ar="مرحبًا {name}").in_language(language) == sentence


def test_a_language_is_its_code() -> None:
    assert Language("ar") is Language.ARABIC
    with pytest.raises(ValueError, match="fr"):
        Language("fr")
