"""The claim-safe file: one page of A4, drawn with embedded fonts; made again it is the same, byte
for byte, for it speaks of the last record and not of the present day.
"""

import io
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from sqlmodel import Session

from bot.file_page import Box, Page, page
from bot.house import House
from storage.models import Registration

PLAIN, BOLD = "Vera", "VeraBd"
WIDTH, HEIGHT = A4
MARGIN = 42.0  # points, as all lengths here
BASE, LEAD = 9.6, 1.32
QR = 84.0
# From large to small, then with longer and longer texts cut short: how large, lines in a text, and
# years shown.
FITS = (
    *((scale / 100, 3, 8) for scale in range(115, 69, -5)),
    *((0.7, lines, years) for lines, years in ((2, 6), (1, 4))),
)
COLOURS = {
    "supported": (0.07, 0.42, 0.22),
    "missing": (0.62, 0.38, 0.0),
    "against": (0.65, 0.1, 0.1),
    "unclear": (0.3, 0.33, 0.38),
}
INK, GREY, RULE, FAINT = (0.08,) * 3, (0.36,) * 3, (0.72,) * 3, (0.945,) * 3


def made(house: House, db: Session, registration: Registration) -> tuple[str, bytes]:
    """The file of a sign-up: a name without anybody's name or NIK, and the PDF.

    Raises `file_page.NothingKept` where nothing was frozen.
    """
    return f"berkas-{registration.code}.pdf", drawn(page(house, db, registration))


def drawn(what: Page) -> bytes:
    """Draw a page, as large as it fits."""
    _fonts()
    fit = next((fit for fit in FITS if _fits(what, fit)), FITS[-1])
    out = io.BytesIO()
    canvas = Canvas(out, A4, invariant=1, pageCompression=1, initialFontName=PLAIN)
    canvas.setTitle(f"{what.title} {what.code}")
    canvas.setAuthor("Lindung")
    _Sheet(canvas, *fit).draw(what)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _fits(what: Page, fit: tuple[float, int, int]) -> bool:
    return _Sheet(None, *fit).draw(what) >= MARGIN + QR + 20


@cache
def _fonts() -> frozenset[int]:
    """Make the fonts known; the signs that they have."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def shortened(text: str, font: str, size: float, width: float) -> str:
    """A text without signs that the font lacks, cut to a width."""
    known = _fonts()
    text = "".join(sign if ord(sign) in known else "?" for sign in text)
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text

    def too_wide(end: int) -> bool:
        return bool(pdfmetrics.stringWidth(f"{text[:end]}…", font, size) > width)

    end = bisect_left(range(1, len(text)), True, key=too_wide)
    return f"{text[:end].rstrip()}…"


@dataclass
class _Sheet:
    """A page that is drawn from top to bottom; without a canvas it is only measured."""

    canvas: Canvas | None
    scale: float
    most_lines: int
    most_years: int
    y: float = HEIGHT - MARGIN

    def draw(self, what: Page) -> float:
        """Draw everything; how far down the page that reached, but for the foot."""
        self._title(what)
        for label, value in what.rows:
            self._row(label, value)
        self.y -= 4 * self.scale
        for note in what.notes:
            self._note(note)
        for box in what.boxes:
            self._box(box)
        self._timeline(what)
        reached = self.y
        self._foot(what)
        return reached

    @property
    def size(self) -> float:
        return BASE * self.scale

    def _lines(self, text: str, font: str, size: float, width: float) -> Iterator[str]:
        found = [line for line in simpleSplit(text, font, size, width) if line]
        if len(found) > self.most_lines:
            found = [*found[: self.most_lines - 1], " ".join(found[self.most_lines - 1 :])]
        return (shortened(line, font, size, width) for line in found)

    def _text(self, at: tuple[float, float], text: str, font: str = PLAIN, size: float = 0) -> None:
        if self.canvas is not None:
            self.canvas.setFont(font, size or self.size)
            self.canvas.drawString(*at, text)

    def _colour(self, colour: tuple[float, ...]) -> None:
        if self.canvas is not None:
            self.canvas.setFillColorRGB(*colour)
            self.canvas.setStrokeColorRGB(*colour)

    def _rule(self) -> None:
        self._colour(RULE)
        if self.canvas is not None:
            self.canvas.setLineWidth(0.6)
            self.canvas.line(MARGIN, self.y, WIDTH - MARGIN, self.y)
        self._colour(INK)

    def _right(self, text: str, font: str, size: float) -> None:
        left = WIDTH - MARGIN - pdfmetrics.stringWidth(text, font, size)
        self._text((left, self.y), text, font, size)

    def _title(self, what: Page) -> None:
        size = self.size * 1.75
        self.y -= size
        self._colour(INK)
        self._text((MARGIN, self.y), what.title, BOLD, size)
        self._right(what.code, BOLD, size)
        self._colour(GREY)
        for line in self._lines(what.under, PLAIN, self.size * 0.9, WIDTH - 2 * MARGIN):
            self.y -= self.size * LEAD
            self._text((MARGIN, self.y), line, PLAIN, self.size * 0.9)
        self.y -= self.size * 0.8
        self._rule()
        self.y -= self.size * 0.35

    def _row(self, label: str, value: str) -> None:
        indent = 112 * self.scale
        width = WIDTH - 2 * MARGIN - indent
        for number, line in enumerate(self._lines(value, BOLD, self.size, width)):
            self.y -= self.size * LEAD
            if number == 0:
                self._colour(GREY)
                self._text((MARGIN, self.y), label)
                self._colour(INK)
            self._text((MARGIN + indent, self.y), line, BOLD)

    def _note(self, note: str) -> None:
        self._colour(COLOURS["against"])
        for line in self._lines(note, BOLD, self.size, WIDTH - 2 * MARGIN):
            self.y -= self.size * LEAD
            self._text((MARGIN, self.y), line, BOLD)
        self._colour(INK)

    def _box(self, box: Box) -> None:
        self.y -= self.size * 0.9
        self._rule()
        self.y -= self.size * 1.4
        self._text((MARGIN, self.y), box.title, BOLD, self.size * 1.06)
        self._verdict(box)
        for line in box.lines:
            self._bullet(line)
        self.y -= self.size * LEAD
        self._colour(GREY)
        small = self.size * 0.82
        cut = shortened(box.source, PLAIN, small, WIDTH - 2 * MARGIN - 10)
        self._text((MARGIN + 10, self.y), cut, PLAIN, small)
        self._colour(INK)

    def _verdict(self, box: Box) -> None:
        size = self.size * 0.86
        width = pdfmetrics.stringWidth(box.verdict_words, BOLD, size) + size * 1.4
        left = WIDTH - MARGIN - width
        self._colour(COLOURS[box.verdict])
        if self.canvas is not None:
            low = self.y - size * 0.42
            self.canvas.roundRect(left, low, width, size * 1.6, size * 0.4, stroke=0, fill=1)
        self._colour((1.0,) * 3)
        self._text((left + size * 0.7, self.y), box.verdict_words, BOLD, size)
        self._colour(INK)

    def _bullet(self, text: str) -> None:
        width = WIDTH - 2 * MARGIN - 10
        for number, line in enumerate(self._lines(text, PLAIN, self.size, width)):
            self.y -= self.size * LEAD
            if number == 0:
                self._text((MARGIN, self.y), "•")
            self._text((MARGIN + 10, self.y), line)

    def _timeline(self, what: Page) -> None:
        if not what.years:
            return
        self.y -= self.size * 0.9
        self._rule()
        self.y -= self.size * 1.4
        self._text((MARGIN, self.y), what.timeline, BOLD, self.size * 1.06)
        self.y -= self.size * 0.5
        for year, paid in what.years[-self.most_years :]:
            self._year(str(year), paid, what.month_names)

    def _year(self, year: str, paid: tuple[bool, ...], names: tuple[str, ...]) -> None:
        indent, high = 40 * self.scale, self.size * 1.5
        wide = (WIDTH - 2 * MARGIN - indent) / len(names)
        self.y -= high + 2 * self.scale
        self._text((MARGIN, self.y + high * 0.3), year, BOLD)
        for number, (is_paid, name) in enumerate(zip(paid, names, strict=True)):
            self._month((MARGIN + indent + number * wide, wide - 2, high), name, is_paid)

    def _month(self, place: tuple[float, float, float], name: str, is_paid: bool) -> None:
        left, wide, high = place
        size = self.size * 0.86
        self._colour(COLOURS["supported"] if is_paid else FAINT)
        if self.canvas is not None:
            self.canvas.rect(left, self.y, wide, high, stroke=0, fill=1)
        self._colour((1.0,) * 3 if is_paid else GREY)
        inset = (wide - pdfmetrics.stringWidth(name, BOLD, size)) / 2
        self._text((left + inset, self.y + high * 0.32), name, BOLD if is_paid else PLAIN, size)
        self._colour(INK)

    def _foot(self, what: Page) -> None:
        self.y = MARGIN + QR + 8
        self._rule()
        if self.canvas is not None:
            _qr(self.canvas, what.qr)
        left, width = MARGIN + QR + 10, WIDTH - 2 * MARGIN - QR - 10
        size = 8.2
        self.y -= 4
        for text in what.foot:
            for line in self._lines(text, PLAIN, size, width):
                self.y -= size * LEAD
                self._text((left, self.y), line, PLAIN, size)
        self.y -= size * LEAD
        self._text((left, self.y), shortened(what.command, BOLD, 7.4, width), BOLD, 7.4)
        self.y = MARGIN - 14
        self._colour(GREY)
        self._right("1/1", PLAIN, 8)


def _qr(canvas: Canvas, text: str) -> None:
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    count = code.getModuleCount()
    side = QR / (count + 4)  # with two modules of white around, and the paper's own
    canvas.setFillColorRGB(0, 0, 0)
    for row in range(count):
        for column in range(count):
            if code.isDark(row, column):
                left, low = MARGIN + (2 + column) * side, MARGIN + (1 + count - row) * side
                canvas.rect(left, low, side, side, stroke=0, fill=1)
