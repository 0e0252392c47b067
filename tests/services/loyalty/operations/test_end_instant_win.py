"""When its time is over an instant win shows its secret: once, and after everybody who is playing."""

import threading
from concurrent.futures import ThreadPoolExecutor

from contracts.events.loyalty import InstantWinEnded
from services.loyalty.domain.instant_win_proof import faults_of
from services.loyalty.operations.end_instant_win import end_instant_win
from services.loyalty.operations.play_instant_win import play_instant_win
from tests.services.loyalty.domain.instant_wins import BAG, holds
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import Shop, later


def test_by_the_clock_and_once(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(out_of=3, prizes=[{**BAG, "stock": 2}])
    for play in wheels.give(instant_win_id, ana, 30):
        wheels.play(instant_win_id, play)
    wheels.give(instant_win_id, ana, 2)
    assert wheels.end() == 0
    assert wheels.read(instant_win_id).status == "open"
    shop.at = later(days=7)
    assert wheels.end() == 1
    assert wheels.end() == 0
    (told,) = [event for event in shop.told() if isinstance(event, InstantWinEnded)]
    assert (told.secret, told.reason) == (wheels.read(instant_win_id).secret.hex(), None)
    proof = wheels.proof(instant_win_id)
    assert len(proof.plays) == 30, "what was not played drew nothing, and is not in it"
    assert list(faults_of(proof)) == []
    assert holds(proof.model_dump(mode="json"))
    assert ana not in proof.model_dump_json()
    assert shop.breaches() == []


def test_two_at_once_end_it_once(shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create()
    shop.at = later(days=7)

    def end(_turn: int) -> int:
        with shop.database.transaction(shop.tenant_id) as db:
            return end_instant_win(db, shop.tenant_id, instant_win_id, at=shop.at)

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(end, range(4))) == [0, 0, 0, 1]


def test_who_is_playing_is_waited_for(shop: Shop) -> None:
    """A play of the last second that commits late is in the file; the secret is not shown before."""
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create(out_of=2)
    (play,) = wheels.give(instant_win_id, ana)
    played, waiting = threading.Event(), threading.Event()

    def end() -> int:
        played.wait()
        with shop.database.transaction(shop.tenant_id) as db:
            waiting.set()
            return end_instant_win(db, shop.tenant_id, instant_win_id, at=later(days=7))

    with ThreadPoolExecutor(1) as worker:
        ended = worker.submit(end)
        with shop.database.transaction(shop.tenant_id) as db:
            play_instant_win(db, shop.tenant_id, instant_win_id, play, at=later(days=6, hours=23))
            played.set()
            waiting.wait()
            assert wheels.read(instant_win_id).status == "open"
            assert not ended.done()
        assert ended.result() == 1
    assert [each.play for each in wheels.proof(instant_win_id).plays] == [play]
