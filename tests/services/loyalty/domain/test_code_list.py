"""Files of codes, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain import code_list
from services.loyalty.domain.code_list import read_code_list
from services.loyalty.domain.refusals.codes import CodeFileUnreadable


def codes(content: str | bytes) -> list[tuple[int, str]]:
    content = content.encode() if isinstance(content, str) else content
    return [(each.line, each.code) for each in read_code_list(content, "ignored").codes]


def errors(content: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.code, each.reason) for each in read_code_list(content.encode(), "ignored").errors]


@pytest.mark.parametrize(
    "content",
    [
        "EID25\nRAMADAN\n",
        "EID25\r\nRAMADAN",
        b"\xef\xbb\xbfEID25\nRAMADAN",
        " eid-25 \n\n\nramadan\n",
        "\u200fEID٢٥\nRAMADAN",
        "code\nEID25\nRAMADAN",
        "\ufeffCode;uses\nEID25;1\nRAMADAN;2",
        "الاسم\tالرمز\nأحمد\tEID25\nسارة\tRAMADAN",
        '"EID25",first\n"RAMADAN",second',
    ],
)
def test_a_file_is_read_however_it_is_written(content: str | bytes) -> None:
    assert [code for _line, code in codes(content)] == ["E1D25", "RAMADAN"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    assert codes("code\n\nA\nB") == [(3, "A"), (4, "B")]
    wrong = 'code,uses\n---,1\n,2\n"open,3\n' + "X" * 65 + ",4\nA,5\na,6\nB\x01,7\n"
    assert codes(wrong) == [(6, "A")]
    assert errors(wrong) == [
        (2, "---", "unreadable"),
        (3, "", "missing"),
        (4, "", "unreadable"),
        (5, "X" * 64, "too_long"),
        (7, "a", "repeated"),
        (8, "B ", "unreadable"),
    ]


def test_exact_codes_differ_by_case() -> None:
    found = read_code_list(b"Abc\nabc\n", "exact")
    assert ([each.code for each in found.codes], found.errors) == (["Abc", "abc"], ())


@pytest.mark.parametrize("content", [b"", b"\n\n", b"code\n", b"\xff\xfeE\x00", "code".encode("utf-16")])
def test_what_is_no_file_of_codes_is_refused(content: bytes) -> None:
    with pytest.raises(CodeFileUnreadable):
        read_code_list(content, "ignored")


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_list, "LINES_MAX", 3)
    assert len(codes("code\nA\nB\nC\n")) == 3
    with pytest.raises(CodeFileUnreadable):
        codes("code\nA\nB\nC\nD\n")


@given(st.text(), st.sampled_from(["ignored", "exact"]))
def test_every_line_is_a_code_or_an_error_or_empty(content: str, case: str) -> None:
    try:
        found = read_code_list(content.encode("utf-8", "ignore"), case)  # type: ignore[arg-type]
    except CodeFileUnreadable:
        return
    told = [each.line for each in (*found.codes, *found.errors)]
    assert len(told) == len(set(told))
    lines = content.encode("utf-8", "ignore").decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    assert {number for number, line in enumerate(lines, 1) if line.strip()} - set(told) <= {1}
    assert len({each.code for each in found.codes}) == len(found.codes)
