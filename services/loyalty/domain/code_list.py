"""Codes that were made elsewhere, read from a CSV file line by line. Source: docs/rules/coupons.md."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kernel.language import Text
from services.loyalty.domain.coupon import CodeCase, plain
from services.loyalty.domain.refusals.codes import CodeFileUnreadable

LINES_MAX = 100_000
CODE_LENGTH_MAX = 64
SEPARATORS = ",;\t"
HEADINGS = frozenset({"code", "codes", "coupon", "الرمز", "رمز", "الكود", "كود", "الكوبون", "كوبون"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

LineReason = Literal["missing", "unreadable", "too_long", "repeated", "taken"]
REASONS: dict[LineReason, Text] = {
    "missing": Text(en="there is no code in this line", ar="لا يوجد رمز في هذا السطر"),
    "unreadable": Text(en="this is no code", ar="هذا ليس رمزًا"),
    "too_long": Text(en="a code has at most 64 characters", ar="أقصى طول للرمز 64 حرفًا"),
    "repeated": Text(en="this code is in an earlier line", ar="ورد هذا الرمز في سطر سابق"),
    "taken": Text(en="this code belongs to another campaign", ar="هذا الرمز تابع لحملة أخرى"),
}


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that gives no code, counted from one, and why not."""

    line: int
    code: str
    reason: LineReason


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code of a file, as it is written and in its plain form."""

    line: int
    written: str
    code: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """What a file says: each code once, in the order of the lines, and the lines that give none."""

    codes: tuple[ListedCode, ...]
    errors: tuple[LineError, ...]


def read_code_list(content: bytes, code_case: CodeCase) -> CodeList:
    """Read a file in UTF-8, with or without its mark: a code a line, or a column of that name under a heading.

    Columns are separated by what the first line separates them by: comma, semicolon or tab. Empty lines mean nothing.
    Raises CodeFileUnreadable for another encoding, for a file without a code, and for one of too many lines.
    """
    lines = decoded(content).split("\n")
    if len(lines) > LINES_MAX + 2:
        raise CodeFileUnreadable(most=LINES_MAX)
    separator = next((each for each in SEPARATORS if each in lines[0]), SEPARATORS[0])
    column, first = column_of(cells(lines[0], separator) or [])
    codes: dict[str, ListedCode] = {}
    errors = []
    for number, line in enumerate(lines[first:], start=first + 1):
        if not line.strip():
            continue
        found = read_line(number, cells(line, separator), column, code_case)
        if isinstance(found, ListedCode) and found.code in codes:
            found = LineError(number, found.written, "repeated")
        if isinstance(found, LineError):
            errors.append(found)
        else:
            codes[found.code] = found
    if not codes and not errors:
        raise CodeFileUnreadable(most=LINES_MAX)
    return CodeList(tuple(codes.values()), tuple(errors))


def decoded(content: bytes) -> str:
    """The text of a file, without carriage returns at the ends of its lines."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CodeFileUnreadable(most=LINES_MAX) from error


def cells(line: str, separator: str) -> list[str] | None:
    """The cells of a line; None when its quotes do not close. No cell goes over several lines."""
    try:
        (row,) = csv.reader([line], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return None
    return [cell.strip() for cell in row]


def column_of(heading: Sequence[str]) -> tuple[int, int]:
    """In which column the codes are, and how many lines of heading stand above them."""
    for column, cell in enumerate(heading):
        if cell.casefold() in HEADINGS:
            return column, 1
    return 0, 0


def read_line(number: int, row: Sequence[str] | None, column: int, code_case: CodeCase) -> ListedCode | LineError:
    """The code of a line, or why there is none."""
    if row is None:
        return LineError(number, "", "unreadable")
    written = row[column] if column < len(row) else ""
    if not written:
        return LineError(number, "", "missing")
    if len(written) > CODE_LENGTH_MAX:
        return LineError(number, written[:CODE_LENGTH_MAX], "too_long")
    code = plain(written, code_case)
    if not code or CONTROL.search(written):
        return LineError(number, CONTROL.sub(" ", written), "unreadable")
    return ListedCode(number, written, code)
