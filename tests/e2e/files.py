"""The first bytes of files, by which their types are told."""

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41" + bytes(2000)
ZIP = b"PK\x03\x04" + bytes(200)
