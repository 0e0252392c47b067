"""The sentence behind a stage."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.language import Language
from services.retention.domain.reason import days, reason_for
from services.retention.domain.rhythm import Rhythm
from services.retention.domain.stage import standing_of

LAST = date(2026, 6, 1)
WEEKLY = Rhythm(20, LAST, LAST, Decimal(7), 50, Decimal(7))
ONCE = Rhythm(1, LAST, LAST, None, None, None)


@pytest.mark.parametrize(
    ("rhythm", "tenant_gap", "after", "en", "ar"),
    [
        pytest.param(
            None,
            None,
            0,
            "Known to you, and has not bought yet.",
            "معروف لديكم ولم تُسجَّل أي عملية شراء بعد.",
            id="prospect",
        ),
        pytest.param(
            ONCE,
            None,
            0,
            "Too few visits for a rhythm; a visit every 30 days is assumed; the last one was today.",
            "الزيارات أقل من أن تكوّن نمطًا؛ ونفترض زيارة كل 30 يومًا، وآخر زيارة اليوم.",
            id="new, by default",
        ),
        pytest.param(
            ONCE,
            Decimal("2.5"),
            1,
            "Too few visits for a rhythm of their own; a visit every 2.5 days is usual among your customers; "
            "the last one was 1 day ago.",
            "الزيارات أقل من أن تكوّن نمطًا خاصًا؛ والمعتاد بين عملائكم زيارة كل 2.5 يوم، وآخر زيارة قبل يوم واحد.",
            id="new, by the tenant",
        ),
        pytest.param(
            WEEKLY,
            None,
            25,
            "A visit every 7 days is usual for this customer, but the last one was 25 days ago: "
            "more than 3 times as long.",
            "المعتاد لدى هذا العميل زيارة كل 7 أيام، لكن آخر زيارة قبل 25 يومًا، أي ما يزيد على 3 أضعاف المعتاد.",
            id="slipping",
        ),
        pytest.param(
            WEEKLY,
            None,
            100,
            "A visit every 7 days is usual for this customer, but the last one was 100 days ago: "
            "more than 6 times as long.",
            "المعتاد لدى هذا العميل زيارة كل 7 أيام، لكن آخر زيارة قبل 100 يوم، أي ما يزيد على 6 أضعاف المعتاد.",
            id="lapsed",
        ),
        pytest.param(
            WEEKLY,
            None,
            2,
            "Came back 2 days ago, after a silence of 50 days. A visit every 7 days is usual for this customer.",
            "عودة قبل يومين بعد انقطاع دام 50 يومًا. المعتاد لدى هذا العميل زيارة كل 7 أيام.",
            id="won back",
        ),
    ],
)
def test_reason(rhythm: Rhythm | None, tenant_gap: Decimal | None, after: int, en: str, ar: str) -> None:
    standing = standing_of(rhythm, tenant_gap, on=LAST + timedelta(days=after))
    assert reason_for(standing, rhythm, Language.ENGLISH) == en
    assert reason_for(standing, rhythm, Language.ARABIC) == ar


@pytest.mark.parametrize(
    ("number", "en", "ar"),
    [
        ("1", "1 day", "يوم واحد"),
        ("2", "2 days", "يومين"),
        ("3", "3 days", "3 أيام"),
        ("10", "10 days", "10 أيام"),
        ("11", "11 days", "11 يومًا"),
        ("99", "99 days", "99 يومًا"),
        ("100", "100 days", "100 يوم"),
        ("102", "102 days", "102 يوم"),
        ("103", "103 days", "103 أيام"),
        ("7.5", "7.5 days", "7.5 يوم"),
        ("7.0", "7 days", "7 أيام"),
    ],
)
def test_days_in_words(number: str, en: str, ar: str) -> None:
    assert (days(Decimal(number), Language.ENGLISH), days(Decimal(number), Language.ARABIC)) == (en, ar)
