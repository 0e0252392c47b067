import asyncio
from types import SimpleNamespace

import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from chassis.settings import Settings
from chassis.web.pages import InvalidCursor, asked_page, page_of, place_after

KEYS = Settings.model_validate(
    dict.fromkeys(("owner_password", "app_password", "relay_password", "internal_token"), "k")
)


def request(query: str = "", path: str = "/v1/customers", tenant: str = "ten_1", settings: Settings = KEYS) -> Request:
    """A request for that list."""
    app = FastAPI()
    app.state.settings = settings
    headers = [(b"wafa-tenant", tenant.encode())]
    return Request(
        {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers, "app": app}
    )


def cursor(asked: Request, place: str, filters: str = "") -> str:
    """The cursor that leads on from a page that ended at that place."""
    page = page_of(asked, [place, "more"], 1, str, str, filters)
    assert page.next_cursor is not None
    return page.next_cursor


@pytest.mark.parametrize(
    ("rows", "shown", "more"),
    [([], [], False), (["a"], ["a"], False), (["a", "b"], ["a", "b"], False), (["a", "b", "c"], ["a", "b"], True)],
)
def test_a_page_knows_whether_there_is_more(rows: list[str], shown: list[str], *, more: bool) -> None:
    page = page_of(request(), rows, 2, str, str)
    assert (page.data, page.has_more, page.next_cursor is not None) == (shown, more, more)


def test_a_list_reads_one_row_more_than_it_shows() -> None:
    rows = [SimpleNamespace(id=name) for name in ("a", "b", "c")]
    first = asyncio.run(asked_page(request("limit=2"), 2))
    assert (first.rows_max, first.after) == (3, None)
    page = first.of(rows, lambda row: row.id.upper())
    assert (page.data, page.has_more) == (["A", "B"], True)
    second = asyncio.run(asked_page(request("limit=2"), 2, page.next_cursor))
    assert second.after == "b"
    assert second.of(rows[2:], lambda row: row.id, lambda row: row.id + "!").next_cursor is None
    with pytest.raises(InvalidCursor):
        asyncio.run(asked_page(request(), cursor="guessed"))


@given(st.text())
def test_a_cursor_leads_to_the_place_where_the_page_ended(place: str) -> None:
    if place.isprintable():
        assert place_after(request(), cursor(request(), place)) == place


def test_the_first_page_comes_after_nothing() -> None:
    assert place_after(request(), None) is None


def test_size_and_place_may_differ_from_page_to_page() -> None:
    asked = cursor(request("status=active&limit=5"), "p")
    assert place_after(request("limit=9&cursor=x&status=active"), asked) == "p"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(request("status=blocked"), id="other filters"),
        pytest.param(request("status=active&store=1"), id="more filters"),
        pytest.param(request("status=active", path="/v1/rewards"), id="another list"),
        pytest.param(request("status=active", tenant="ten_2"), id="another tenant"),
        pytest.param(
            request(
                "status=active", settings=KEYS.model_copy(update={"internal_token": KEYS.app_password.__class__("x")})
            ),
            id="another installation",
        ),
    ],
)
def test_a_cursor_belongs_to_its_list(elsewhere: Request) -> None:
    asked = cursor(request("status=active"), "p")
    with pytest.raises(InvalidCursor):
        place_after(elsewhere, asked)


def test_a_cursor_belongs_to_its_bodys_criteria() -> None:
    with pytest.raises(InvalidCursor):
        place_after(request(), cursor(request(), "p", "{'name': 'a'}"), "{'name': 'b'}")


@pytest.mark.parametrize("made_by_hand", ["", "x", "é", "bm90IG91cnM=", "====", "a b", "A" * 5000])
def test_a_cursor_made_by_hand_is_refused(made_by_hand: str) -> None:
    with pytest.raises(InvalidCursor):
        place_after(request(), made_by_hand)


def test_every_letter_of_a_cursor_counts() -> None:
    ours = cursor(request(), "cus_01h455vb4pex5vsknk084sn02q")
    for place, letter in enumerate(ours):
        forged = ours[:place] + ("A" if letter != "A" else "B") + ours[place + 1 :]
        with pytest.raises(InvalidCursor):
            place_after(request(), forged)
