"""Where people are from, what offices there are, and what most of them do where."""

CODES = ("51.71.03.2008", "51.71.03.2008", "51.71.03.2009", "51.04.01.2001")
LOOKED_AT = ("overview.", "offices.list", "claims.none", "follow.page", "find.person")
# What most people press where they could press anything.
USUAL = {
    "enrolment.whom": ("self", "self", "neighbour"),
    "enrolment.consent": ("yes",),
    "enrolment.residence": ("here",),
    "enrolment.work": ("over_5_years", "years_1_to_5"),
    "enrolment.able": ("able",),
    "enrolment.tie": ("none",),
    "enrolment.summary": ("send",),
    "details.summary": ("send",),
    "death.summary": ("send",),
    "accident.summary": ("send",),
    "member.summary": ("send",),
    "desk.home": ("each", "single", "clean"),
    "desk.card": ("confirm", "confirm", "return", "reject"),
    "claims.case": ("verify", "heirs", "code", "papers", "counter", "person"),
    "desk.vouch": ("yes",),
    "desk.attest": ("yes",),
    "turn.cancel": ("no",),
}
AT_HOME = {
    "worker": (
        *(["(tautan)"] * 8 + ["/status"] * 3 + ["/lengkapi"] * 2 + ["/manfaat", "/hitung"]),
        *("/klaim", "/lapor", "meninggal", "kecelakaan", "/daftar", "bantuan", "/start", "waris"),
        *("english", "bahasa"),
    ),
    "village_officer": (
        *(["/petugas"] * 18 + ["📂 Klaim warga"] * 4 + ["/peserta"] * 4 + ["/cari"] * 2),
        *("/kursi", "/kader", "berita", "meninggal", "/klaim", "/start", "/status", "(tautan)"),
    ),
    "helper": ("(tautan)", "(tautan)", "/petugas", "/kader", "/status", "/lengkapi", "/cari"),
    "regency_officer": (*["📂 Klaim warga"] * 4, *("/kursi", "/kader", "/start", "/petugas")),
    "auditor": ("/kursi", "/kader", "/cari", "/petugas", "📂 Klaim warga", "/start"),
}
OFFICES = (
    *(("village_officer", village) for village in CODES),
    *(("helper", CODES[0]), ("regency_officer", "51.71"), ("regency_officer", "51.04")),
    ("auditor", "51.71"),
)
