import pytest

from services.customers.domain.name import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("أحمد", "احمد", id="hamza above"),
        pytest.param("إبراهيم", "ابراهيم", id="hamza below"),
        pytest.param("آمنة", "امنه", id="madda, and ta marbuta"),
        pytest.param("ٱلرحمن", "الرحمن", id="wasla"),
        pytest.param("مُحَمَّد", "محمد", id="vowel signs"),
        pytest.param("محـــمد", "محمد", id="tatweel"),
        pytest.param("فاطمة", "فاطمه", id="ta marbuta"),
        pytest.param("يحيى", "يحيي", id="alif maqsura"),
        pytest.param("رؤوف", "رووف", id="hamza on waw"),
        pytest.param("عبد الله", "عبدالله", id="abd written apart"),
        pytest.param("عبد العزيز السعود", "عبدالعزيز السعود", id="abd before another name"),
        pytest.param("کریم", "كريم", id="Persian keyboard"),
        pytest.param("ﻣﺤﻤﺪ", "محمد", id="presentation forms"),
        pytest.param("فرع ٣", "فرع 3", id="digits"),
        pytest.param("\u200fعلي\u200f", "علي", id="marks of direction"),
        pytest.param("José Müller", "jose muller", id="accents and capitals"),
        pytest.param("  Al-Ahmad,  Sara ", "al ahmad sara", id="punctuation and blanks"),
        pytest.param("Straße", "STRASSE", id="casefold"),
    ],
)
def test_these_are_the_same_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("محمد", "محمود"), ("عبد", "عبدالله"), ("سارة", "سمارة"), ("معبد الله", "معبدالله")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_name_of_signs_only_has_no_words() -> None:
    assert folded(" -_!؟ ") == ""
