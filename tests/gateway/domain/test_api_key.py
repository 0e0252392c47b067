"""How a key is written and read."""

import pytest

from gateway.domain.api_key import digest, holds_key, key_id_in, written_key
from kernel.ids import new_id

SECRET = "0123456789abcdef" * 4


@pytest.mark.parametrize(("livemode", "beginning"), [(True, "wafa_live_"), (False, "wafa_test_")])
def test_a_key_names_its_id(*, livemode: bool, beginning: str) -> None:
    key_id = new_id("key")
    key = written_key(key_id, SECRET, livemode=livemode)
    assert key.startswith(beginning)
    assert key_id_in(key.encode()) == key_id
    assert holds_key(f"a=1&b={key}")


@pytest.mark.parametrize(
    "claimed",
    [
        b"",
        b"wafa_test_",
        b"wafa_test_01h455vb4pex5vsknk084sn02q",
        b"wafa_test_01h455vb4pex5vsknk084sn02q_" + SECRET.encode() + b"0",
        b"wafa_test_01h455vb4pex5vsknk084sn02q_" + SECRET.encode()[1:],
        b"wafa_test_01h455vb4pex5vsknk084sn02q_" + SECRET.encode().upper(),
        b"wafa_prod_01h455vb4pex5vsknk084sn02q_" + SECRET.encode(),
        b"wafa_test_81h455vb4pex5vsknk084sn02q_" + SECRET.encode(),
        b"wafa_test_01h455vb4pex5vsknk084sn02q_" + SECRET.encode() + b"\n",
        b"\xff" * 101,
    ],
)
def test_what_is_no_key_names_no_id(claimed: bytes) -> None:
    assert key_id_in(claimed) is None


def test_the_digest_is_sha_256() -> None:
    assert digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
