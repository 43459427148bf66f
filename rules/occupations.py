"""The kinds of work that can be offered as buttons; a worker may always write other words."""

# Each key is named in the words as `occupation.<key>`.
OCCUPATIONS = (
    "petani",
    "buruh_tani",
    "peternak",
    "nelayan",
    "pedagang",
    "buruh_bangunan",
    "tukang",
    "buruh_harian",
    "ojek",
    "sopir",
    "kurir",
    "juru_parkir",
    "pemulung",
    "asisten_rumah_tangga",
    "perajin",
    "penjahit",
    "guru_ngaji",
    "marbot",
    "pekerja_adat",
)

TRANSPORT = frozenset({"ojek", "sopir", "kurir"})
MOST_OFFERED = 8


def is_transport(occupation: str) -> bool:
    """Whether a key of OCCUPATIONS is of the transport sector, which PP 50/2025 treats apart.

    Riders, couriers and drivers are named for it (BPJS branch quoted by Antara Jateng 619022).
    Other words that a worker wrote count as not of it: the dearer price for most of the time.
    """
    return occupation in TRANSPORT
