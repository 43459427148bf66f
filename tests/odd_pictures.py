"""Pictures as people and others send them: good ones, and what only looks like one."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from bot.pictures import MOST_BYTES

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "bot" / "demo" / "page" / "sample.jpg"
RED, BLUE = (200, 30, 30), (30, 30, 200)
GPS = {1: "S", 2: (8.0, 39.0, 1.5), 3: "E", 4: (115.0, 11.0, 2.5)}
SECRET = "lintang-rahasia"


def saved(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    """An image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def halves(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left and blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What no method makes small."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def with_metadata(kind: str = "JPEG") -> bytes:
    """A picture that says where, when and with what it was taken, and more."""
    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = SECRET, SECRET
    exif.get_ifd(0x8825).update(GPS)
    exif.get_ifd(0x8769)[0x9286] = SECRET.encode()
    more: dict[str, Any] = {"comment": SECRET, "xmp": SECRET.encode()} if kind != "PNG" else {}
    if kind == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Where", SECRET)
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET)
    return saved(halves(), kind, exif=exif, icc_profile=SECRET.encode(), **more)


def turned(orientation: int) -> bytes:
    """Red on the left, blue on the right, to whom turns it as the camera says."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = halves()
    lying = image.transpose(back[orientation]) if orientation in back else image
    return saved(lying, quality=95, exif=exif)


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_claiming(width: int, height: int, lines: bytes = b"") -> bytes:
    """A PNG whose header claims a size; of what follows nobody knows."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(lines or b"\0" * 100, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    raw = bytearray(saved(halves()))
    at = raw.index(b"\xff\xc0")
    raw[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(raw)


def webp_claiming(width: int, height: int, kind: bytes) -> bytes:
    """The head of a WEBP of a kind, and nothing behind it."""
    if kind == b"VP8X":
        head = b"\0" * 4 + b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    elif kind == b"VP8L":
        head = b"\x2f" + ((height - 1) << 14 | (width - 1)).to_bytes(4, "little")
    else:
        head = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    body = b"WEBP" + kind + struct.pack("<I", len(head)) + head.ljust(10, b"\0")
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    frames = [halves(), halves((60, 40)).transpose(Image.Transpose.ROTATE_180)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def exif_broken() -> bytes:
    """A good photo whose camera wrote rubbish beside it."""
    plain = saved(halves())
    rubbish = b"Exif\0\0MM\0\x2a\xff\xff\xff\xff" + b"\xff" * 40
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(rubbish) + 2) + rubbish + plain[2:]


def two_in_one() -> bytes:
    """A photo with a second picture in it, as many telephones take them."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(GPS)
    return saved(
        halves(), "MPO", save_all=True, append_images=[halves((30, 20))], exif=exif.tobytes()
    )


def sixteen_bit() -> bytes:
    """Grey from dark to light in 65,536 steps, as scanners write it."""
    image = Image.new("I;16", (64, 64))
    for x in range(64):
        for y in range(64):
            image.putpixel((x, y), x * 1024)
    return saved(image, "PNG")


GOOD: dict[str, Callable[[], bytes]] = {
    "the sample": SAMPLE.read_bytes,
    "a small jpeg": lambda: saved(halves()),
    "a progressive jpeg": lambda: saved(halves((900, 600)), progressive=True),
    "a grey jpeg": lambda: saved(halves(mode="L")),
    "a jpeg for print": lambda: saved(halves(mode="CMYK")),
    "a jpeg of twelve megapixels": lambda: saved(halves((4000, 3000))),
    "a jpeg with place and time": with_metadata,
    "a jpeg with broken exif": exif_broken,
    "two pictures in one": two_in_one,
    "a jpeg with more behind its end": lambda: saved(halves()) + b"PK\x03\x04" * 50,
    "a jpeg in reverse": lambda: turned(3),
    "png": lambda: saved(halves(), "PNG"),
    "a png with text": lambda: with_metadata("PNG"),
    "a png in black and white": lambda: saved(halves(mode="1"), "PNG"),
    "a png of 16 bit": sixteen_bit,
    "a palette": lambda: saved(halves(mode="P"), "PNG"),
    "a palette that can be seen through": lambda: saved(halves(mode="P"), "PNG", transparency=0),
    "a colour that can be seen through": lambda: saved(halves(), "PNG", transparency=RED),
    "alpha": lambda: saved(halves(mode="RGBA"), "PNG"),
    "grey and alpha": lambda: saved(halves(mode="LA"), "PNG"),
    "webp": lambda: saved(halves(), "WEBP"),
    "lossless webp": lambda: saved(halves(mode="RGBA"), "WEBP", lossless=True),
    "a webp with place and time": lambda: with_metadata("WEBP"),
    "one pixel": lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
    "just 25 megapixels": lambda: saved(Image.new("L", (5000, 5000)), "PNG"),
}
BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("unreadable", lambda: b""),
    "a few zeros": ("unreadable", lambda: b"\0" * 5000),
    "a pdf named jpg": ("unreadable", lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"),
    "an svg": ("unreadable", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image/></svg>'),
    "html": ("unreadable", lambda: b"<html><script>alert(1)</script></html>"),
    "a zip": ("unreadable", lambda: b"PK\x03\x04" + b"\0" * 100),
    "a gif": ("unreadable", lambda: saved(halves(mode="P"), "GIF")),
    "a moving gif": ("unreadable", lambda: moving("GIF")),
    "bmp": ("unreadable", lambda: saved(halves(), "BMP")),
    "tiff": ("unreadable", lambda: saved(halves(), "TIFF")),
    "ico": ("unreadable", lambda: saved(halves((32, 32)), "ICO")),
    "postscript": ("unreadable", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "a heic": ("unreadable", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50),
    "the right magic and nothing": ("unreadable", lambda: b"\xff\xd8\xff\xe0"),
    "the magic of png before a jpeg": (
        "unreadable",
        lambda: b"\x89PNG\r\n\x1a\n" + saved(halves()),
    ),
    "half a jpeg": ("unreadable", lambda: saved(noise(300, 300))[:30_000]),
    "half a png": ("unreadable", lambda: saved(noise(300, 300), "PNG")[:100_000]),
    "half a webp": ("unreadable", lambda: saved(noise(300, 300), "WEBP")[:9_000]),
    "a png of unknown parts": ("unreadable", lambda: GOOD["png"]().replace(b"IDAT", b"ZZZZ")),
    "a png without pixels": ("unreadable", lambda: png_claiming(500, 500)),
    "a png of no width": ("unreadable", lambda: png_claiming(0, 500)),
    "a strip": ("unreadable", lambda: saved(Image.new("L", (4200, 200)), "PNG")),
    "more than ten megabytes": ("too_large", lambda: SAMPLE.read_bytes().ljust(MOST_BYTES + 1)),
    "a png of 30,000 by 30,000": ("too_large", lambda: png_claiming(30_000, 30_000)),
    "a png as large as a header can say": ("too_large", lambda: png_claiming(2**31 - 1, 2**31 - 1)),
    "a png a little too large": ("too_large", lambda: saved(Image.new("1", (5001, 5000)), "PNG")),
    "a bomb of a png": ("too_large", lambda: saved(Image.new("1", (15_000, 15_000)), "PNG")),
    "a jpeg of 65,000 by 65,000": ("too_large", lambda: jpeg_claiming(65_000, 65_000)),
    "a jpeg of 5,001 by 5,000": ("too_large", lambda: jpeg_claiming(5_001, 5_000)),
    "a webp of 16,383 by 16,383": ("too_large", lambda: webp_claiming(16_383, 16_383, b"VP8 ")),
    "a lossless webp of 16,384": ("too_large", lambda: webp_claiming(16_384, 16_384, b"VP8L")),
    "an extended webp of 2^24": ("too_large", lambda: webp_claiming(2**24, 2**24, b"VP8X")),
    "a webp with nothing behind it": ("unreadable", lambda: webp_claiming(90, 90, b"VP8 ")),
    "a webp cut in its head": ("unreadable", lambda: b"RIFF\x10\0\0\0WEBPVP8X"),
    "a webp of an unknown kind": ("unreadable", lambda: b"RIFF\x10\0\0\0WEBPABCD" + b"\0" * 20),
    "a moving png": ("animated", lambda: moving("PNG")),
    "a moving webp": ("animated", lambda: moving("WEBP")),
}
