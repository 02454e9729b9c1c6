"""What a file is, told by its content and never by its name. What is not on the list below is not taken.

The library `filetype` knows signatures. What it cannot tell is told here: a zip that is a document from one that is an
archive, Word's older format from other programs' files, and text, which has no signature.
"""

import io
import re
import zipfile
import zlib

import filetype

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_DOC = "application/msword"
_TEXT = "text/plain"
_AMR = "audio/amr"
TAKEN = {
    **{f"image/{name}": f"image/{name}" for name in ("jpeg", "png", "webp", "heic", "gif")},
    **{f"video/{name}": f"video/{name}" for name in ("mp4", "quicktime", "webm", "3gpp", "x-m4v")},
    **{f"audio/{name}": f"audio/{name}" for name in ("ogg", "mpeg", "mp4", "aac", "amr")},
    "audio/x-wav": "audio/wav",
    "application/pdf": "application/pdf",
    "application/rtf": "application/rtf",
}
"""What is taken, and what it is called (IANA), by the library's name for it. Old telephones record 3GP, AMR and AAC."""
_ENDINGS = {
    _DOCX: ".docx",
    _ODT: ".odt",
    _DOC: ".doc",
    _TEXT: ".txt",
    "image/jpeg": ".jpg",
    "video/quicktime": ".mov",
    "video/3gpp": ".3gp",
    "video/x-m4v": ".m4v",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
"""How the names of files end whose type says it otherwise ("image/png" ends with ".png")."""
_MP4_BRANDS = (b"avc1", b"iso2", b"iso4", b"iso5", b"iso6", b"dash", b"MSNV")
"""Signs of an MP4 that the library does not know, where they stand first."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of older office programs begin (Compound File Binary, MS-CFB 2.2)."""
_WORD_STREAM, _MACROS_STREAM = "WordDocument".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that stand in no text in UTF-8 or in an older Cyrillic encoding."""
_PROGRAM = re.compile(r"\s*(#!|@echo\b|<[a-z!?])", re.IGNORECASE | re.ASCII)
"""How scripts and markup begin (HTML, SVG, PHP): a browser or a shell would run them."""
_STRETCH = 64 * 1024
"""Bytes looked through at a time: a search lets no other thread run, and the largest file would take 0.1 s."""
_LOOKED_AT = 8192
"""Bytes from the beginning that may tell text from a program."""


def type_of(content: bytes) -> str | None:
    """Return what a file is ("image/jpeg"); None where it is nothing that is taken: an archive, a program, unknown."""
    if content.startswith(b"PK\x03\x04"):
        return _document_in_zip(content)
    if content.startswith(_OLE):
        return _DOC if _WORD_STREAM in content and _MACROS_STREAM not in content else None
    if content[4:8] == b"ftyp" and content[8:12] in _MP4_BRANDS:
        return "video/mp4"
    found = filetype.guess(content[:_LOOKED_AT])
    if found is not None:
        return TAKEN.get(found.mime)
    return _TEXT if _is_text(content) else None


def ending(file_type: str | None) -> str:
    """Return how the name of a file of this type ends (".jpg"); nothing where the type is not known."""
    if file_type is None:
        return ""
    return _ENDINGS.get(file_type) or f".{file_type.rpartition('/')[2]}"


def _document_in_zip(content: bytes) -> str | None:
    """Tell a document from an archive by what is in it. One with macros is a program."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return None if any(name.endswith("vbaProject.bin") for name in names) else _DOCX
            is_odt = {"mimetype", "content.xml"} <= names and _begins_with(archive, "mimetype", _ODT)
            return _ODT if is_odt else None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        # broken, encrypted, unknown
        return None


def _begins_with(archive: zipfile.ZipFile, name: str, words: str) -> bool:
    """Say whether a file of an archive says this and no more. No more than a little of it is unpacked."""
    with archive.open(name) as file:
        return file.read(len(words) + 2).strip() == words.encode()


def _is_text(content: bytes) -> bool:
    if content.startswith(_UTF_16):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return False
        return "\0" not in text and not _PROGRAM.match(text[:_LOOKED_AT])
    if not content or any(_CONTROL.search(content, at, at + _STRETCH) for at in range(0, len(content), _STRETCH)):
        return False
    return not _PROGRAM.match(content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace"))
