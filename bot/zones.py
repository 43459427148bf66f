"""Which time it is where: WIB, WITA or WIT."""

from zoneinfo import ZoneInfo

from rules import areas

DEFAULT_ZONE = "Asia/Makassar"


def zone(village: str) -> ZoneInfo:
    """The time zone of a village or a larger area by its code; "" where none is known."""
    return ZoneInfo(areas.zone_of(village) if village else DEFAULT_ZONE)
