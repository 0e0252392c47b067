from uuid import UUID

import pytest

from kernel.ids import base32, is_id, new_id


def test_an_id_names_its_kind() -> None:
    assert is_id(new_id("cus"), "cus")
    assert len(new_id("cus")) == 30


@pytest.mark.parametrize(
    ("uuid", "text"),
    [
        # The vectors of the TypeID specification 0.3.
        ("00000000-0000-0000-0000-000000000000", "00000000000000000000000000"),
        ("00000000-0000-0000-0000-000000000001", "00000000000000000000000001"),
        ("00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"),
        ("00000000-0000-0000-0000-000000000010", "0000000000000000000000000g"),
        ("00000000-0000-0000-0000-000000000020", "00000000000000000000000010"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
        ("0110c853-1d09-52d8-d73e-1194e95b5f19", "0123456789abcdefghjkmnpqrs"),
        ("01890a5d-ac96-774b-bcce-b302099a8057", "01h455vb4pex5vsknk084sn02q"),
    ],
)
def test_base32(uuid: str, text: str) -> None:
    assert base32(UUID(uuid).int) == text


def test_later_ids_sort_after_earlier_ones_and_none_comes_twice() -> None:
    ids = [new_id("evt") for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cus",
        "cus_",
        "pur_01h455vb4pex5vsknk084sn02q",
        "cus_01h455vb4pex5vsknk084sn02",
        "cus_01h455vb4pex5vsknk084sn02qq",
        "cus_81h455vb4pex5vsknk084sn02q",
        "cus_01h455vb4pex5vsknk084sn02u",
        "CUS_01H455VB4PEX5VSKNK084SN02Q",
        "cus_01h455vb4pex5vsknk084sn02q\n",
    ],
)
def test_what_is_no_id_of_a_customer(text: str) -> None:
    assert not is_id(text, "cus")
