"""The keyed hashes of the chain of evidence: commitments, links, heads. What they are good for
stands in `storage/evidence.py`.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from storage.sealing import Keyring

PLACE = "evidence.content"
SALT = 32  # bytes
STAMP = "%Y-%m-%d %H:%M:%S.%f"
Content = Mapping[str, object]


@dataclass(frozen=True)
class Linked:
    """What a link binds, as the database has it; what a forger wrote may be of any type."""

    registration_id: object
    seq: object
    kind: object
    subject: object
    at: object
    by_id: object
    role: object
    commitment: object


@dataclass(frozen=True)
class Opened:
    """A content with its salt, opened."""

    salt: bytes
    text: str

    @property
    def commitment(self) -> bytes:
        """What binds the content and, without the salt, tells nothing of it."""
        return hmac.new(self.salt, self.text.encode(), hashlib.sha256).digest()

    @property
    def content(self) -> dict[str, Any]:
        """The content itself."""
        found = json.loads(self.text)
        assert isinstance(found, dict)  # noqa: S101 (it was sealed as one)
        return found


def salted(content: Content) -> Opened:
    """A content with a fresh salt; the same content is always the same text, in ASCII."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return Opened(secrets.token_bytes(SALT), text)


def seal(keys: Keyring, registration_id: str, seq: int, opened: Opened) -> bytes:
    """Seal a content with its salt for its row."""
    return keys.seal(PLACE, f"{registration_id} {seq}", opened.salt.hex() + opened.text)


def unseal(keys: Keyring, registration_id: object, seq: object, sealed: bytes) -> Opened:
    """Open what `seal` returned for the same row; else `SealError`."""
    text = keys.open(PLACE, f"{registration_id} {seq}", sealed)
    return Opened(bytes.fromhex(text[: 2 * SALT]), text[2 * SALT :])


def stamp(moment: datetime) -> str:
    """A moment as a link binds it; just so SQLite keeps it."""
    return moment.astimezone(UTC).strftime(STAMP)


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote; the first one there is for anything else."""
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def link(keys: Keyring, before: object, row: Linked) -> bytes:
    """The link of a row after the link before it."""
    return mac(keys, "link", before, *vars(row).values())


def start(keys: Keyring, registration_id: str) -> bytes:
    """What stands before the first link of a sign-up: no chain fits another person."""
    return mac(keys, "start", registration_id)


def head(keys: Keyring, registration_id: object, count: object, last: object) -> bytes:
    """What vouches for the length of a chain and its last link."""
    return mac(keys, "head", registration_id, count, last)


def mac(keys: Keyring, label: str, *parts: object) -> bytes:
    """A keyed hash over parts that cannot run into one another.

    Its key comes of the index key, which outlives the keys that seal.
    """
    plain = [part.hex() if isinstance(part, bytes) else part for part in parts]
    text = json.dumps([label, *plain], separators=(",", ":"), default=repr)
    return hmac.new(keys.index("evidence", "chain"), text.encode(), hashlib.sha256).digest()
