"""What a new customer hears first, in their own language."""

import pytest

from tests.scenarios.story import Story, line, rule, text_of


@pytest.mark.parametrize(
    ("language", "direction", "subject"),
    [pytest.param("ar", "rtl", "أهلًا وسهلًا", id="Arabic"), pytest.param("en", "ltr", "Welcome", id="English")],
)
def test_a_new_customer_is_welcomed_once(story: Story, language: str, direction: str, subject: str) -> None:
    huda = story.customer("Huda", language=language)

    story.events_arrive()
    story.events_arrive()

    (welcome,) = story.mail(huda)
    assert subject in str(welcome["subject"])
    assert f'dir="{direction}"' in text_of(welcome, "html")
    (in_app,) = story.of(huda, "inbox")["data"]
    assert in_app["kind"] == "welcome"


@pytest.mark.parametrize(
    ("riyals", "points"),
    [(1, "نقطة واحدة"), (2, "نقطتان"), (3, "3 نقاط"), (11, "11 نقطة"), (100, "100 نقطة")],
)
def test_points_are_counted_as_arabic_counts(story: Story, riyals: int, points: str) -> None:
    story.program(rule("earn", "points", per=100))
    huda = story.customer("هدى", language="ar")

    story.buys(huda, line("tea", price=100, quantity=riyals))
    story.events_arrive()

    assert points in text_of(story.mail(huda)[-1])


def test_who_does_not_want_mail_finds_it_in_the_app_only(story: Story) -> None:
    story.program(rule("earn", "points", per=100))
    huda = story.customer("Huda")
    story.events_arrive()
    no = {"purpose": "service", "channel": "email", "granted": False, "source": "app"}
    story.ask("PUT", f"/v1/customers/{huda.id}/consents", no)

    story.buys(huda, line("tea", price=500))
    story.events_arrive()

    assert [str(mail["subject"]) for mail in story.mail(huda)] == ["Welcome"]
    assert [message["kind"] for message in story.of(huda, "inbox")["data"]] == ["purchase", "welcome"]
