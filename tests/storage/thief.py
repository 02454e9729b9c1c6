"""What somebody can read who has the database and the master key, and does not care where anything belongs."""

import contextlib
from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from storage.crypto import MasterKeys, WrongKey
from storage.location import Location, SQLiteFile
from tests.storage.support import column, sql

_OF_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table'"
_OF_POSTGRES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
_NONCE_BYTES, _TAG_BYTES = 12, 16
_FIRST_BLOCK = (2).to_bytes(4)
"""With which AES-GCM begins to count (NIST SP 800-38D)."""


def cells(location: Location) -> dict[str, list[object]]:
    """Return all that stands in each table, cell by cell."""
    tables = column(location, _OF_SQLITE if isinstance(location, SQLiteFile) else _OF_POSTGRES)
    rows = {table: sql(location, f"SELECT * FROM {table}") for table in tables}  # noqa: S608  our own tables
    return {table: [cell for row in found for cell in row] for table, found in rows.items()}


def readable(location: Location, master: MasterKeys) -> bytes:
    """Open all that any key in the database opens, whatever it is bound to, and return what makes sense."""
    sealed = [cell for found in cells(location).values() for cell in found if isinstance(cell, bytes)]
    keys = list(_keys(sealed, master))
    return b"\n".join(plain for key in keys for cell in sealed if _makes_sense(plain := _decrypted(key, cell)))


def _keys(sealed: Sequence[bytes], master: MasterKeys) -> Iterator[bytes]:
    for cell in sealed:
        with contextlib.suppress(WrongKey):
            yield master.unwrap(cell, place="data key")


def _decrypted(key: bytes, sealed: bytes) -> bytes:
    """Decrypt without looking at the tag, which says where it belongs: a thief need not."""
    mode = modes.CTR(sealed[:_NONCE_BYTES].ljust(_NONCE_BYTES) + _FIRST_BLOCK)
    return Cipher(algorithms.AES(key), mode).decryptor().update(sealed[_NONCE_BYTES:-_TAG_BYTES])


def _makes_sense(plain: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        return bool(plain.decode())
    return False
