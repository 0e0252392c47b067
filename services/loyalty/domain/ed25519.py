"""Signatures that anyone can check who has the public key. Source: RFC 8032, 5.1.

Why it is here: docs/adr/0036-an-allowance-is-signed-with-ed25519.md.

Signing takes the same steps whatever the key's bits are. Keys and seeds are 32 bytes, signatures 64.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BITS = 256

# Extended homogeneous coordinates: x = X/Z, y = Y/Z, x·y = T/Z.
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def public_key(seed: bytes) -> bytes:
    """The key by which others check what is signed with the seed."""
    return _packed(_times(_secret(seed)[0], BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature of a message: the same for the same seed and message."""
    scalar, prefix = _secret(seed)
    own = _packed(_times(scalar, BASE))
    nonce = _number(prefix + message) % ORDER
    point = _packed(_times(nonce, BASE))
    answer = (nonce + _number(point + own + message) * scalar) % ORDER
    return point + answer.to_bytes(32, "little")


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the message was signed with the seed of that public key."""
    own, point = _unpacked(public), _unpacked(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if own is None or point is None or len(signature) != 64 or answer >= ORDER:
        return False
    challenge = _number(signature[:32] + public + message) % ORDER
    return _same(_times(answer, BASE), _plus(point, _times(challenge, own)))


def _secret(seed: bytes) -> tuple[int, bytes]:
    hashed = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(hashed[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, hashed[32:]


def _number(hashed: bytes) -> int:
    return int.from_bytes(hashlib.sha512(hashed).digest(), "little")


def _plus(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    """A Montgomery ladder: one addition and one doubling for each bit, whichever it is."""
    rungs = [NEUTRAL, point]
    for place in range(BITS - 1, -1, -1):
        bit = scalar >> place & 1
        between = _plus(rungs[0], rungs[1])
        rungs[bit] = _plus(rungs[bit], rungs[bit])
        rungs[1 - bit] = between
    return rungs[0]


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def _packed(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(packed: bytes) -> Point | None:
    number = int.from_bytes(packed, "little")
    sign_bit, y = number >> 255, number & (1 << 255) - 1
    if len(packed) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign_bit):
        return None
    if x & 1 != sign_bit:
        x = P - x
    return x, y, 1, x * y % P


_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 4 * pow(5, -1, P) % P
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)
