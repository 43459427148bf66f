"""What `lindung doctor` finds: one line per check, and what to do about it."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warn", "wrong"]


@dataclass(frozen=True)
class Finding:
    """What one check found. `do` says what to do, and is "" where all is well."""

    check: str
    state: State
    says: str
    do: str = ""


def ok(check: str, says: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", says)


def warn(check: str, says: str, do: str) -> Finding:
    """It works, and will hurt some day."""
    return Finding(check, "warn", says, do)


def wrong(check: str, says: str, do: str) -> Finding:
    """It does not work."""
    return Finding(check, "wrong", says, do)


def as_text(finding: Finding) -> str:
    """One line, and a second one where there is something to do."""
    line = f"{finding.state:5}  {finding.check:14}  {finding.says}"
    return f"{line}\n{'':7}-> {finding.do}" if finding.do else line


def as_record(finding: Finding) -> dict[str, str]:
    """For machines."""
    return asdict(finding)


def apart(seconds: float, check: str, whose: str) -> Finding:
    """How far another clock is from this machine's; more than 5 seconds is too much."""
    if abs(seconds) <= 5:
        return ok(check, f"this clock and {whose} agree")
    side = "ahead of" if seconds > 0 else "behind"
    says = f"this clock is {abs(seconds):.0f} s {side} {whose}"
    return warn(check, says, "switch time synchronisation on: timedatectl set-ntp true")
