"""Sealing personal data: AES-256-GCM under a data key per report or chat, wrapped by a versioned master key.

Deleting a wrapped key makes everything sealed under it unreadable for good. A new master key re-wraps the data keys
and leaves the sealed fields alone. Searchable values (Telegram ids, receipt codes) are kept as HMACs under an index key
which is itself stored wrapped, so that it outlives a change of master key.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION_BYTES = 2


class WrongKey(Exception):
    """The bytes were not sealed under this key, or were moved from where they were sealed."""


class InvalidMasterKey(ValueError):
    """MASTER_KEY is not `<version>:<base64 of 32 bytes>`, or several of those joined by commas."""


@dataclass(frozen=True)
class DataKey:
    """Seals the fields of one report or one chat."""

    key: bytes = field(repr=False)

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Seal bytes. `place` names where they stand ("answer:city") and must be the same on opening."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Open sealed bytes.

        Raises:
            WrongKey: another key, another place, or changed bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise WrongKey from None

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.key)


@dataclass(frozen=True)
class MasterKeys:
    """The master keys by version. The highest wraps; the others only open."""

    keys: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1:BASE64` or `1:BASE64,2:BASE64`.

        Raises:
            InvalidMasterKey: it says what is wrong without repeating any part of the key.
        """
        keys: dict[int, bytes] = {}
        for part in text.strip().split(","):
            version, colon, encoded = part.strip().partition(":")
            if not colon or not version.isdecimal() or not 0 < int(version) < 2 ** (8 * _VERSION_BYTES):
                raise InvalidMasterKey("it must look like 1:BASE64, as `python -m bot generate-key` prints it")
            try:
                key = base64.b64decode(encoded, altchars=b"-_", validate=True)
            except (binascii.Error, ValueError):
                raise InvalidMasterKey(f"version {version} is not base64") from None
            if len(key) != KEY_BYTES:
                raise InvalidMasterKey(f"version {version} has {len(key)} bytes, not {KEY_BYTES}")
            keys[int(version)] = key
        return cls(keys)

    @staticmethod
    def generate(version: int = 1) -> str:
        """Return a new key in the form that `parse` reads."""
        return f"{version}:{base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()}"

    def wrap_new(self, *, place: str) -> bytes:
        """Make a new random key and return it wrapped."""
        return self.wrap(os.urandom(KEY_BYTES), place=place)

    def wrap(self, key: bytes, *, place: str) -> bytes:
        """Seal a key under the newest master key; the result names that key's version."""
        version = max(self.keys)
        return version.to_bytes(_VERSION_BYTES) + self._opened[version].seal(key, place=place)

    def unwrap(self, wrapped: bytes, *, place: str) -> bytes:
        """Open a wrapped key.

        Raises:
            WrongKey: no master key of that version is here, or it is another key.
        """
        master = self._opened.get(int.from_bytes(wrapped[:_VERSION_BYTES]))
        if master is None:
            raise WrongKey
        return master.open(wrapped[_VERSION_BYTES:], place=place)

    @cached_property
    def _opened(self) -> dict[int, DataKey]:
        return {version: DataKey(key) for version, key in self.keys.items()}


@dataclass(frozen=True)
class Vault:
    """Makes and opens data keys, and turns what must be found again into HMACs."""

    master: MasterKeys
    index_key: bytes = field(repr=False)

    def new_key(self) -> tuple[DataKey, bytes]:
        """Return a new data key and its wrapped form, which is what is stored."""
        key = os.urandom(KEY_BYTES)
        return DataKey(key), self.master.wrap(key, place="data key")

    def open_key(self, wrapped: bytes) -> DataKey:
        """Return the data key of a stored, wrapped one.

        Raises:
            WrongKey: see `MasterKeys.unwrap`.
        """
        return DataKey(self.master.unwrap(wrapped, place="data key"))

    def fingerprint(self, purpose: str, value: str) -> str:
        """Return the HMAC-SHA-256 of a value, cut to 128 bits, as 32 hex characters."""
        digest = hmac.digest(self.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256)
        return digest[:16].hex()

    def chat_key(self, telegram_id: int) -> str:
        """Return the key under which a Telegram chat or user is known. It does not give the id away."""
        return self.fingerprint("chat", str(telegram_id))


@dataclass(frozen=True)
class ChainKey:
    """Makes the links of the audit's chain."""

    key: bytes = field(repr=False)

    def link(self, before: bytes, content: bytes) -> bytes:
        """Return the HMAC-SHA-256 of a link, which has 32 bytes, and of what comes after it."""
        return hmac.digest(self.key, before + content, hashlib.sha256)
