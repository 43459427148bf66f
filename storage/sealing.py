"""Sealing of personal values at rest, and the keyed hashes by which they are found.

AES-256-GCM with a random 96-bit nonce; the table, the column and the row's id are bound in as
associated data, so that a value cannot be moved to another person's row. A sealed value is
key id (1 byte), nonce (12), ciphertext with tag.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SHORTEST = 1 + 12 + 16  # key id, nonce, tag


class KeyringError(ValueError):
    """The keys are missing or malformed; the message says what to do."""


class SealError(ValueError):
    """A value cannot be opened: another key, another row, or altered."""


@lru_cache(maxsize=256)
def _cipher(key: bytes) -> AESGCM:
    """Making one takes longer than opening a value with it."""
    return AESGCM(key)


@dataclass(frozen=True)
class Keyring:
    """The data keys by id (the highest seals), and the key of the index hashes."""

    keys: dict[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    def seal(self, place: str, row: object, text: str) -> bytes:
        """Seal `text` for the column `place` (`table.column`) of the row with this id."""
        return self.seal_bytes(place, row, text.encode("utf-8"))

    def open(self, place: str, row: object, sealed: bytes) -> str:
        """Open what `seal` returned for the same place and row; else `SealError`."""
        return self.open_bytes(place, row, sealed).decode("utf-8")

    def seal_bytes(self, place: str, row: object, content: bytes) -> bytes:
        """Seal content that is no text, a picture say, as `seal` does."""
        key_id = max(self.keys)
        nonce = os.urandom(12)
        bound = f"{place}|{row}".encode()
        return bytes([key_id]) + nonce + _cipher(self.keys[key_id]).encrypt(nonce, content, bound)

    def open_bytes(self, place: str, row: object, sealed: bytes) -> bytes:
        """Open what `seal_bytes` returned for the same place and row; else `SealError`."""
        if len(sealed) < SHORTEST:
            raise SealError(f"{place}: cut off")
        key = self.keys.get(sealed[0])
        if key is None:
            raise SealError(f"{place}: no key {sealed[0]}")
        try:
            return _cipher(key).decrypt(sealed[1:13], sealed[13:], f"{place}|{row}".encode())
        except InvalidTag as error:
            raise SealError(f"{place}: sealed for another row, or altered") from error

    def seal_json(self, place: str, row: object, value: object) -> bytes:
        """Seal a JSON value. As ASCII, for a text from outside may hold half a surrogate pair."""
        return self.seal(place, row, json.dumps(value))

    def open_json(self, place: str, row: object, sealed: bytes) -> object:
        """Open a JSON value."""
        return json.loads(self.open(place, row, sealed))

    def index(self, kind: str, value: str) -> bytes:
        """A keyed hash (32 bytes) by which equal values of one kind are found."""
        return hmac.new(self.index_key, f"{kind}|{value}".encode(), hashlib.sha256).digest()


def read_keys(text: str) -> Keyring:
    """Read `LINDUNG_KEYS`: `1:<base64>,2:<base64>,index:<base64>`, 32 bytes each."""
    keys: dict[int, bytes] = {}
    index_key = b""
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = part.partition(":")
        key = _decode(encoded)
        if name == "index":
            index_key = key
        elif name.isdecimal() and 0 < int(name) < 256:
            keys[int(name)] = key
        else:
            # What stands there may be a key whose number was forgotten: it is not repeated.
            raise KeyringError(
                "LINDUNG_KEYS: every key begins with a number 1-255 or 'index', and :"
            )
    if not keys or not index_key:
        raise KeyringError("LINDUNG_KEYS needs at least one numbered key and one 'index' key")
    return Keyring(keys, index_key)


def written(keyring: Keyring) -> str:
    """A keyring in the form of `LINDUNG_KEYS`, for another process of ours."""
    numbered = [f"{id}:{base64.b64encode(key).decode()}" for id, key in keyring.keys.items()]
    return ",".join([*numbered, f"index:{base64.b64encode(keyring.index_key).decode()}"])


def _decode(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise KeyringError("LINDUNG_KEYS: a key is not base64") from error
    if len(key) != 32:
        raise KeyringError("LINDUNG_KEYS: every key has 32 bytes")
    return key


def new_keys() -> str:
    """Fresh keys in the form of `LINDUNG_KEYS`."""
    fresh = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2)]
    return f"1:{fresh[0]},index:{fresh[1]}"


def keys_from_file(path: Path) -> Keyring:
    """Read the keys of this data folder; make them, readable by the owner alone, if absent."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_keys())
    return read_keys(path.read_text())
