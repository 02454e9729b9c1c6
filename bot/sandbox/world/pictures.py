"""What Telegram takes for a picture that a bot uploads (core.telegram.org/bots/api#sendphoto)."""

import struct

from bot.sandbox import spec
from bot.sandbox.errors import ApiError, bad_request

_PNG = b"\x89PNG\r\n\x1a\n"
_BEGINNINGS = (_PNG, b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
_DOTS_MAX = 10_000
"""Of width and height together."""
_RATIO_MAX = 20
_HEADER = struct.Struct(">8s4x4sII")


def check_picture(content: bytes) -> None:
    """Refuse what is too large for a picture, is none, or is longer or larger than Telegram shows (`ApiError` 400).

    Width and height are looked at where they are easily found: in a PNG.
    """
    if len(content) > spec.PHOTO_MAX:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {spec.PHOTO_MAX} bytes"
        )
    if not content.startswith(_BEGINNINGS):
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if content.startswith(_PNG):
        _check_png(content)


def _check_png(content: bytes) -> None:
    if len(content) < _HEADER.size:
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    _, chunk, width, height = _HEADER.unpack_from(content)
    if chunk != b"IHDR" or not width or not height:
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if width + height > _DOTS_MAX or max(width, height) > _RATIO_MAX * min(width, height):
        raise ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
