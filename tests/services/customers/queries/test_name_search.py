from collections.abc import Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.settings import Settings
from kernel.ids import TenantId
from services.customers.queries.name_search import search_by_name, words_like
from tests.services.customers.knowing import known

MANY_CUSTOMERS = text("""
    INSERT INTO customers (tenant_id, id, version, language, status, metadata, created_at, updated_at)
    SELECT :tenant_id, 'cus_' || n, 1, 'ar', 'active', '{}', now(), now() FROM generate_series(1, 5000) n
""")
MANY_WORDS = text("INSERT INTO name_words SELECT tenant_id, md5(id), id FROM customers")
NAMES = (
    "أحمد علي",
    "أحمد محمود",
    "فاطمة الزهراء",
    "عبد الله السعود",
    "عبدالرحمن الأحمد",
    "مُحَمَّد علي",
    "José Álvarez",
    "Mohammed Ali",
    "Mo",
)


@pytest.fixture
def db(database: Database, tenant_id: TenantId) -> Iterator[Session]:
    """A transaction of the tenant's, who knows all of them."""
    with database.transaction(tenant_id) as db:
        for name in NAMES:
            known(db, tenant_id, name=name)
        known(db, tenant_id)
        yield db


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("احمد", ["أحمد علي", "أحمد محمود"], id="without hamza"),
        pytest.param("فاطمه", ["فاطمة الزهراء"], id="ta marbuta"),
        pytest.param("عبدالله", ["عبد الله السعود"], id="abd together"),
        pytest.param("عبد الرحمن", ["عبدالرحمن الأحمد"], id="abd apart"),
        pytest.param("فاط", ["فاطمة الزهراء"], id="the beginning of a word"),
        pytest.param("علي احمد", ["أحمد علي"], id="words in any order"),
        pytest.param("علي اح", ["أحمد علي"], id="a word and a beginning"),
        pytest.param("محمد", ["مُحَمَّد علي", "أحمد محمود"], id="the same word before one with a letter more"),
        pytest.param("احمذ", ["أحمد علي", "أحمد محمود"], id="a letter wrong"),
        pytest.param("mohamed", ["Mohammed Ali"], id="a letter missing"),
        pytest.param("mo", ["Mo", "Mohammed Ali"], id="the word before one that begins with it"),
        pytest.param("jose alvarez", ["José Álvarez"], id="accents"),
        pytest.param("JOSÉ", ["José Álvarez"], id="capitals"),
        pytest.param("زيد", [], id="nobody"),
        pytest.param("احمد زيد", [], id="one word is nobody's"),
        pytest.param("مد", [], id="the end of a word"),
        pytest.param("--", [], id="no word at all"),
        pytest.param("%", [], id="not a pattern"),
        pytest.param("a b c d e f g", [], id="more words than are looked at"),
    ],
)
def test_search_by_name(db: Session, tenant_id: TenantId, asked: str, found: list[str]) -> None:
    assert [one.customer.name for one in search_by_name(db, tenant_id, asked, after=None, limit=10)] == found


def test_the_next_page_goes_on_where_the_first_stopped(db: Session, tenant_id: TenantId) -> None:
    everyone = search_by_name(db, tenant_id, "محمد", after=None, limit=10)
    [first] = search_by_name(db, tenant_id, "محمد", after=None, limit=1)
    rest = search_by_name(db, tenant_id, "محمد", after=first.place, limit=10)
    assert [first.place, *(one.place for one in rest)] == [one.place for one in everyone]


def test_an_index_serves_it_under_row_level_security(
    settings: Settings, database: Database, tenant_id: TenantId
) -> None:
    with database.transaction(tenant_id) as db:
        db.execute(MANY_CUSTOMERS, {"tenant_id": tenant_id})
        db.execute(MANY_WORDS)
    owner = Database(settings, "customers", "owner", name=database.name)
    with owner.transaction() as db:
        db.execute(text("ANALYZE name_words"))
    owner.dispose()
    query = select(words_like(tenant_id, "mohammed", "word_0")).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    with database.transaction(tenant_id) as db:
        plan = "\n".join(db.scalars(text("EXPLAIN " + str(query).replace(":", "\\:"))))
    [condition] = [line for line in plan.splitlines() if "Index Cond" in line]
    assert "word >= 'mo'" in condition, plan
