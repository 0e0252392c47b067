import pytest
from fastapi import Request, Response

from chassis.web.etags import (
    NO_VERSION,
    IfMatchRequired,
    VersionStale,
    check_version,
    etag,
    expected_version,
    unless_unchanged,
)


@pytest.mark.parametrize(
    ("if_match", "version"),
    [
        ('"7"', 7),
        (' "7" ', 7),
        ("*", None),
        ("7", NO_VERSION),
        ('W/"7"', NO_VERSION),
        ('"x"', NO_VERSION),
        ('"٧"', NO_VERSION),
        ('"' + "9" * 19 + '"', NO_VERSION),
        ("", NO_VERSION),
    ],
)
def test_expected_version(if_match: str, version: int | None) -> None:
    assert expected_version(if_match) == version


def test_a_change_says_which_version_it_is_meant_for() -> None:
    with pytest.raises(IfMatchRequired):
        expected_version(None)


def test_check_version() -> None:
    check_version(7, 7)
    check_version(7, None)
    for expected in (6, 8, NO_VERSION):
        with pytest.raises(VersionStale) as refused:
            check_version(7, expected)
        assert refused.value.params == {"version": 7}


@pytest.mark.parametrize(
    ("method", "status", "known", "answered"),
    [
        ("GET", 200, '"7"', 304),
        ("GET", 200, 'W/"7"', 304),
        ("GET", 200, '"6", "7"', 304),
        ("GET", 200, "*", 304),
        ("GET", 200, '"6"', 200),
        ("GET", 200, "", 200),
        ("GET", 404, '"7"', 404),
        ("PATCH", 200, '"7"', 200),
    ],
)
def test_unless_unchanged(method: str, status: int, known: str, answered: int) -> None:
    request = Request({"type": "http", "method": method, "headers": [(b"if-none-match", known.encode())]})
    response = unless_unchanged(request, Response("body", status, {"ETag": etag(7)}))
    assert (response.status_code, response.headers["etag"]) == (answered, '"7"')
    assert bool(response.body) is (answered != 304)


def test_what_has_no_version_is_always_read() -> None:
    request = Request({"type": "http", "method": "GET", "headers": [(b"if-none-match", b"*")]})
    assert unless_unchanged(request, Response("body")).status_code == 200
