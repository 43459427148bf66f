"""Reads a sum of money as people and sheets write it, in whole rupiah."""

import re

# A thousand's sign is one of the two, the same all through; cents are nothing but noughts.
_WHOLE = re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)(?:[.,]00?|[.,]-+)?")
_TIMES = re.compile(r"(\d+)(?:[.,](\d{1,2}))? ?(jt|juta|rb|ribu)")
_WORTH = {"jt": 1_000_000, "juta": 1_000_000, "rb": 1_000, "ribu": 1_000}


def read(text: str) -> int | None:
    """The sum in a text such as `Rp42.000.000,00` or `42,5 juta`; None where it is not plain."""
    plain = " ".join(text.casefold().split())
    plain = re.sub(r"^(?:rp|idr)\b[. ]*|^rp(?=\d)|[. ]*\b(?:rupiah|idr)$", "", plain).strip()
    if not plain.isascii():
        return None
    if match := _TIMES.fullmatch(plain):
        whole, part, word = match.groups()
        return (int(whole) * 100 + int(f"{part or 0:0<2}")) * (_WORTH[word] // 100)
    match = _WHOLE.fullmatch(plain.replace(" ", ""))
    return int(re.sub(r"\D", "", match.group(1))) if match else None
