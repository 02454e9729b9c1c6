"""Receipt codes: short enough to read over a bad phone line, checked by a character of their own.

The alphabet leaves out what the ear or the eye confuses: 0 and O, 1 and I and L, U (heard as V). The check character
is ISO 7064 hybrid (MOD 31,30 over these 30 letters, by python-stdnum): every single wrong character is caught.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from bot.domain.errors import InvalidReceipt

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 8
"""Random characters: 30^8 is about 6.6 * 10^11 codes, too many to guess through a chat."""

# A Russian or Kazakh keyboard writes these letters for their Latin twins.
_TWINS = str.maketrans("АВСЕНКМРТУХ", "ABCEHKMPTYX")


_PARTED = r"[-‐‑–—\s]?"
# A lookahead, so that every place is tried: three words of three letters may stand before the code.
_CODE = re.compile(rf"(?=(?<![\w‐‑–—-])(\w{{3}}{_PARTED}\w{{3}}{_PARTED}\w{{3}})(?![\w‐‑–—-]))")
_DASHES = str.maketrans("", "", "-‐‑–—")


@dataclass(frozen=True)
class Receipt:
    """The code by which a reporter can ask after a report. Stored only as an HMAC."""

    code: str

    @classmethod
    def issue(cls, choose: Callable[[str], str]) -> "Receipt":
        """Make a new code; `choose` picks one character of the alphabet at random (`secrets.choice`)."""
        secret = "".join(choose(ALPHABET) for _ in range(SECRET_LENGTH))
        return cls(secret + mod_37_36.calc_check_digit(secret, ALPHABET))

    @classmethod
    def find(cls, said: str) -> "Receipt":
        """Find the code in what a person wrote around it: "код: ABC-DEF-GHJ, что с ним?".

        Raises:
            InvalidReceipt: there is none, or it is mistyped.
        """
        for candidate in (said, *_CODE.findall(said)):
            with contextlib.suppress(InvalidReceipt):
                return cls.read(candidate)
        raise InvalidReceipt

    @classmethod
    def read(cls, said: str) -> "Receipt":
        """Read a code as people write it: any case, spaces or dashes, Cyrillic twins of Latin letters.

        Raises:
            InvalidReceipt: it is not a code that this bot ever gave.
        """
        code = "".join(said.upper().translate(_TWINS).translate(_DASHES).split())
        if len(code) != SECRET_LENGTH + 1 or not mod_37_36.is_valid(code, ALPHABET):
            raise InvalidReceipt
        return cls(code)

    def __str__(self) -> str:
        return "-".join(self.code[place : place + 3] for place in range(0, len(self.code), 3))
