import io
import zipfile

import pytest

from bot.understanding.file_types import type_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names: str, **contents: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*contents, *names):
            archive.writestr(name, contents.get(name, "<x/>" * 50))
    return made.getvalue()


def boxed(brand: bytes, *others: bytes) -> bytes:
    """Begin a file of MPEG-4's family (ISO 14496-12): a box that names its brands."""
    body = b"ftyp" + brand + bytes(4) + b"".join(others)
    return (4 + len(body)).to_bytes(4) + body + bytes(100)


def matroska(kind: bytes) -> bytes:
    return bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f38108") + b"\x42\x82" + kind + bytes(100)


TAKEN = [
    ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)),
    ("image/jpeg", b"\xff\xd8\xff\xe1\x00\x10Exif" + bytes(100)),
    ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)),
    ("image/webp", b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(50)),
    ("image/heic", boxed(b"heic", b"mif1", b"heic")),
    ("image/gif", b"GIF89a" + bytes(50)),
    ("video/mp4", boxed(b"isom", b"isom", b"avc1", b"mp41")),
    ("video/mp4", boxed(b"avc1")),
    ("video/mp4", boxed(b"iso5", b"iso6")),
    ("video/quicktime", boxed(b"qt  ", b"qt  ")),
    ("video/webm", matroska(b"\x84webm")),
    ("audio/ogg", b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(40)),
    ("audio/mpeg", b"ID3\x03" + bytes(60)),
    ("audio/mpeg", b"\xff\xfb\x90\x44" + bytes(100)),
    ("audio/mp4", boxed(b"M4A ", b"M4A ", b"mp42")),
    ("audio/wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(50)),
    ("audio/amr", b"#!AMR\n" + bytes(50)),
    ("application/pdf", b"%PDF-1.4\n" + bytes(50)),
    ("application/rtf", rb"{\rtf1\ansi He was taken}"),
    ("application/msword", OLE + "WordDocument".encode("utf-16-le")),
    (DOCX, zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")),
    (DOCX, zipped("word/document.xml", "docProps/app.xml", "[Content_Types].xml")),
    (ODT, zipped("content.xml", mimetype=ODT)),
    ("text/plain", "Его забрали пятого января".encode()),
    ("text/plain", "\ufeffЕго забрали пятого января\r\n".encode()),
    ("text/plain", "Его забрали пятого января".encode("utf-16")),
    ("text/plain", "Его забрали пятого января".encode("cp1251")),
    ("text/plain", b"5 < 6 and <3"),
]
NOT_TAKEN = {
    "zip": zipped("a.txt", "b.txt"),
    "zip with a program": zipped("AndroidManifest.xml", "classes.dex"),
    "zip that says it is a document": zipped("content.xml", mimetype="application/epub+zip"),
    "broken zip": zipped("[Content_Types].xml", "word/document.xml")[:60],
    "document with macros": zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "table": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(50),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "gzip": b"\x1f\x8b\x08" + bytes(50),
    "Windows program": b"MZ\x90\x00" + bytes(100),
    "Linux program": b"\x7fELF\x02\x01\x01" + bytes(50),
    "installer": OLE,
    "old document with macros": OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"),
    "web page": b"<!DOCTYPE html><html>",
    "web page in capitals": b"\xef\xbb\xbf \n<HTML>",
    "picture that is a program": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "web page in UTF-16": "<html>".encode("utf-16"),
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "Windows script": b"@echo off\r\n",
    "server script": b"<?php phpinfo();",
    "bytes": bytes(range(256)),
    "nothing": b"",
    "half a letter": b"\xff\xfea",
}


@pytest.mark.parametrize(("expected", "content"), TAKEN)
def test_a_file_is_told_by_its_content(expected: str, content: bytes) -> None:
    assert type_of(content) == expected


@pytest.mark.parametrize("content", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_archives_programs_pages_and_the_unknown_are_not_taken(content: bytes) -> None:
    assert type_of(content) is None


def test_a_zip_that_would_fill_the_memory_is_only_looked_into() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", " " * 50_000_000)
        archive.writestr("content.xml", "")
    assert len(bomb.getvalue()) < 100_000
    assert type_of(bomb.getvalue()) is None
