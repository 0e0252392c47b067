"""Moments as people say them, by the shop's clock, in both languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.language import Language

WEEKDAYS = {
    Language.ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    Language.ARABIC: ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}
MONTHS = {
    Language.ENGLISH: (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    Language.ARABIC: (
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
}


def moment_text(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """The day, and the hour unless a day begins: "Sunday 29 November, 18:30", "الأحد 29 نوفمبر، 18:30"."""
    local = at.astimezone(zone)
    day = f"{WEEKDAYS[language][local.weekday()]} {local.day} {MONTHS[language][local.month - 1]}"
    if not (local.hour or local.minute):
        return day
    comma = "،" if language is Language.ARABIC else ","
    return f"{day}{comma} {local:%H:%M}"
