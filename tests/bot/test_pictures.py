"""Pictures from outside: what is kept of good ones, and that bad ones end before they can harm."""

import asyncio
import io
import random
import subprocess
import sys
import warnings
from contextlib import suppress

import pytest
from PIL import Image

from bot import picture_process, pictures
from bot.pictures import BadPicture, reencode
from tests.long_run import sizes
from tests.odd_pictures import (
    BAD,
    BLUE,
    GOOD,
    PROJECT,
    RED,
    SECRET,
    halves,
    saved,
    sixteen_bit,
    turned,
    with_metadata,
)


def shown(raw: bytes) -> Image.Image:
    """A picture as it was kept; what must be true of every one is looked at."""
    image = Image.open(io.BytesIO(raw))
    image.load()
    assert image.format == "JPEG"
    assert image.mode in ("L", "RGB")
    assert max(image.size) <= pictures.LONGEST_SIDE
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
        "progressive",
        "progression",
    }
    assert not image.getexif()
    assert b"Exif" not in raw
    assert SECRET.encode() not in raw
    return image


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_picture_is_kept_small_and_says_nothing_but_what_it_shows(kind: str) -> None:
    raw = GOOD[kind]()
    image = shown(reencode(raw))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = Image.open(io.BytesIO(raw))
        ratio = before.size[0] / before.size[1]
    assert image.size[0] / image.size[1] == pytest.approx(ratio, rel=0.01)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_picture_is_refused_for_what_is_wrong_with_it(kind: str) -> None:
    why, made = BAD[kind]
    raw = made()
    with pytest.raises(BadPicture) as refused:
        reencode(raw)
    assert refused.value.why == why


def test_the_same_holds_of_the_process_that_does_it() -> None:
    async def done(raw: bytes) -> str:
        try:
            shown(await picture_process.reencode(raw))
        except BadPicture as bad:
            return bad.why
        return "kept"

    chosen = ["just 25 megapixels", "a jpeg of twelve megapixels", "a jpeg with broken exif"]
    for kind in chosen:
        assert asyncio.run(done(GOOD[kind]())) == "kept", kind
    for kind in ("nothing", "a bomb of a png", "a moving webp", "more than ten megabytes"):
        why, made = BAD[kind]
        assert asyncio.run(done(made())) == why, kind


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    image = shown(reencode(turned(orientation))).convert("RGB")
    assert image.size == (60, 40)
    for at, colour in (((10, 20), RED), ((50, 20), BLUE)):
        pixel = image.getpixel(at)
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40


def test_what_can_be_seen_through_lies_on_white() -> None:
    image = shown(reencode(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")))
    assert image.getpixel((10, 10)) == (255, 255, 255)


def test_sixteen_bits_are_shown_from_dark_to_light() -> None:
    image = shown(reencode(sixteen_bit()))
    greys = [image.getpixel((x, 30)) for x in (2, 32, 61)]
    assert greys == [pytest.approx(grey, abs=12) for grey in (8, 128, 244)]


def test_a_large_photo_is_made_smaller_with_its_proportions() -> None:
    assert shown(reencode(saved(halves((3000, 4000))))).size == (1500, 2000)
    assert shown(reencode(saved(halves((400, 300))))).size == (400, 300)


@pytest.mark.parametrize("count", sizes(200, 2_000))
def test_of_two_thousand_spoilt_pictures_none_does_harm(count: int) -> None:
    chance = random.Random(20)
    kinds = [saved(halves((90, 60)), kind) for kind in pictures.FORMATS]
    kinds += [with_metadata(kind) for kind in pictures.FORMATS]
    for _ in range(count):
        raw = bytearray(chance.choice(kinds))
        for _ in range(chance.randint(1, 12)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with suppress(BadPicture):
            shown(reencode(bytes(raw)))


def test_a_process_that_is_killed_says_nothing_of_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_process, "LONGEST", 0.0)
    with pytest.raises(picture_process.Failed):
        asyncio.run(picture_process.reencode(saved(halves())))


def test_the_process_cannot_use_more_memory_than_it_may() -> None:
    code = "from bot import pictures; pictures._limit(); bytearray(2**30)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert "MemoryError" in done.stderr
