"""A picture from outside, made anew: a plain JPEG that holds its pixels and nothing else.

Run as a program it reads a picture on stdin and writes the JPEG to stdout, within limits of its
own: what is hidden in a picture breaks that process and no other (`bot/picture_process.py`).
"""

import io
import struct
import sys
import warnings
from contextlib import suppress
from pathlib import Path

from PIL import Image

NAME = "bot." + Path(__file__).stem  # whatever imports this
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 25_000_000
MOST_RATIO = 20  # of the longer side to the shorter: Telegram shows no longer strips
LONGEST_SIDE = 2_000  # pixels
QUALITY = 80
MOST_MEMORY = 2**30  # bytes of addresses: 25 megapixels take half of it
MOST_SECONDS = 20  # of a processor

UNREADABLE, TOO_LARGE, ANIMATED = "unreadable", "too_large", "animated"
STATUSES = {UNREADABLE: 33, TOO_LARGE: 34, ANIMATED: 35}  # with which the program ends
ORIENTATION = 0x0112
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# The library's own guard, behind ours: it warns above this and refuses above twice as many.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class BadPicture(Exception):
    """Not to be kept; `why` is `unreadable`, `too_large` or `animated`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def reencode(raw: bytes) -> bytes:
    """A JPEG, PNG or WEBP as an upright JPEG of at most `LONGEST_SIDE`, without metadata.

    Raises `BadPicture`. Sizes are looked at in the header, before anything is decoded.
    """
    if len(raw) > MOST_BYTES:
        raise BadPicture(TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _written(_small(_opened(raw)))
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(TOO_LARGE) from error
    except Exception as error:
        # The readers fail in many ways at what is broken or made to break them.
        raise BadPicture(UNREADABLE) from error


def _opened(raw: bytes) -> Image.Image:
    """The picture with its header read, small enough and standing still."""
    if _is_webp(raw):
        _check_webp(raw)
    image = Image.open(io.BytesIO(raw), formats=FORMATS)
    _check_size(*image.size)
    # A JPEG with a second picture (depth, preview) is a photo like any other: the first counts.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise BadPicture(ANIMATED)
    return image


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadPicture(TOO_LARGE)
    if max(width, height) > MOST_RATIO * min(width, height):
        raise BadPicture(UNREADABLE)


def _is_webp(raw: bytes) -> bool:
    return raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"


def _check_webp(raw: bytes) -> None:
    """Look into the header ourselves: the library makes room for all pixels when it opens one."""
    kind, head = raw[12:16], raw[20:30]
    if kind == b"VP8X":
        if head[0] & 0x02:
            raise BadPicture(ANIMATED)
        sides = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        sides = ((bits >> at & 0x3FFF) + 1 for at in (0, 14))
    else:
        sides = (side & 0x3FFF for side in struct.unpack("<HH", head[6:10]))
    _check_size(*sides)


def _small(image: Image.Image) -> Image.Image:
    """Upright, in plain colours, and no larger than needed."""
    turn = TURNED.get(_orientation(image))
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    image = _plain(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return image.transpose(turn) if turn is not None else image


def _orientation(image: Image.Image) -> int:
    """How the camera was held; 1 where that is not said, or not readably."""
    with suppress(Exception):
        return int(image.getexif().get(ORIENTATION, 1))
    return 1


def _plain(image: Image.Image) -> Image.Image:
    """Grey or RGB; what can be seen through lies on white paper."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, over).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _written(image: Image.Image) -> bytes:
    image.info = {}  # a comment would be written along
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()


def _limit() -> None:
    """Bound what this process may use, where the system can."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def main() -> int:
    """Re-encode what stdin holds."""
    _limit()
    try:
        done = reencode(sys.stdin.buffer.read(MOST_BYTES + 1))
    except BadPicture as bad:
        return STATUSES[bad.why]
    sys.stdout.buffer.write(done)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
