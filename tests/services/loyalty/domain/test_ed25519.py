"""Signatures as RFC 8032 has them."""

import pytest

from services.loyalty.domain.ed25519 import ORDER, public_key, sign, verifies

# RFC 8032, 7.1: seed, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("vector", VECTORS, ids=["empty", "one byte", "two bytes"])
def test_it_signs_as_the_standard_does(vector: tuple[str, str, str, str]) -> None:
    seed, public, message, signature = map(bytes.fromhex, vector)
    assert public_key(seed) == public
    assert sign(seed, message) == signature
    assert verifies(public, message, signature)


def test_what_was_changed_does_not_verify() -> None:
    seed = b"s" * 32
    public, message = public_key(seed), b"600 points"
    good = sign(seed, message)
    assert verifies(public, message, good)
    assert not verifies(public, b"601 points", good)
    assert not verifies(public_key(b"t" * 32), message, good)
    for place in (0, 31, 32, 63):
        assert not verifies(public, message, good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])


def test_what_is_no_signature_does_not_verify() -> None:
    seed = b"s" * 32
    public, message = public_key(seed), b"600 points"
    good = sign(seed, message)
    larger = int.from_bytes(good[32:], "little") + ORDER
    no_point = b"\xff" * 32
    for bad in (b"", good[:-1], good + b"\0", good[:32] + larger.to_bytes(32, "little"), no_point + good[32:]):
        assert not verifies(public, message, bad)
    for key in (b"", no_point, (2).to_bytes(32, "little"), (1 | 1 << 255).to_bytes(32, "little")):
        assert not verifies(key, message, good)
