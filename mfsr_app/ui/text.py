"""Numbers and sizes as text, formatted alike on every page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from mfsr_engine.batch.naming import Conflict

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86400


def duration(seconds: float) -> str:
    """A time as people say it: tenths below ten seconds, then seconds, minutes, hours."""
    if seconds < 10:
        return QCoreApplication.translate("Words", "{0:.1f} s").format(seconds)
    if seconds < MINUTE_S:
        return QCoreApplication.translate("Words", "{0} s").format(round(seconds))
    if seconds < HOUR_S:
        minutes, rest = divmod(round(seconds), MINUTE_S)
        if not rest:
            return QCoreApplication.translate("Words", "{0} min").format(minutes)
        return QCoreApplication.translate("Words", "{0} min {1} s").format(minutes, rest)
    hours, rest = divmod(round(seconds / MINUTE_S), MINUTE_S)
    if not rest:
        return QCoreApplication.translate("Words", "{0} h").format(hours)
    return QCoreApplication.translate("Words", "{0} h {1} min").format(hours, rest)


def conflict_words() -> dict[Conflict, str]:
    """What the window can do where a file of the result's name exists."""
    return {
        Conflict.UNIQUE: QCoreApplication.translate("Words", "Find another name"),
        Conflict.OVERWRITE: QCoreApplication.translate("Words", "Replace it"),
        Conflict.CHANGED: QCoreApplication.translate("Words", "Replace it if it is outdated"),
        Conflict.SKIP: QCoreApplication.translate("Words", "Leave it and skip"),
    }


def two_digits(number: float) -> str:
    """A measured number to about two digits, never with an exponent above 1."""
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def rough_duration(seconds: float) -> str:
    """A long time that is only known roughly: minutes, hours or days, in whole numbers."""
    if seconds < 2 * HOUR_S:
        return QCoreApplication.translate("Words", "{0} min").format(max(1, round(seconds / MINUTE_S)))
    if seconds < 2 * DAY_S:
        return QCoreApplication.translate("Words", "{0} h").format(round(seconds / HOUR_S))
    return QCoreApplication.translate("Words", "{0} days").format(round(seconds / DAY_S))


MONTH_S = 30 * DAY_S
SPREAD = (0.7, 1.4)
"""What a rough estimate may turn out to be, as shares of it."""


def rough_range(seconds: float) -> str:
    """A time estimated from a measurement of something else, as a range in whole minutes, hours, days or months."""
    low_s, high_s = (share * seconds for share in SPREAD)
    units = (
        (MONTH_S, QCoreApplication.translate("Words", "{0} to {1} months")),
        (DAY_S, QCoreApplication.translate("Words", "{0} to {1} days")),
        (HOUR_S, QCoreApplication.translate("Words", "{0} to {1} h")),
        (MINUTE_S, QCoreApplication.translate("Words", "{0} to {1} min")),
    )
    unit_s, words = next((unit for unit in units if low_s >= unit[0]), units[-1])
    low = max(1, round(low_s / unit_s))
    return words.format(low, max(low + 1, round(high_s / unit_s)))


def size(count: float) -> str:
    """Bytes as disks and the hub count them."""
    if count >= 1e9:
        return QCoreApplication.translate("Words", "{0:.1f} GB").format(count / 1e9)
    if count >= 1e5:
        return QCoreApplication.translate("Words", "{0:.1f} MB").format(count / 1e6)
    return QCoreApplication.translate("Words", "{0:.1f} kB").format(count / 1e3)


def pixels(count: int) -> str:
    """How many pixels a picture has, in the unit that suits its size."""
    if count >= 1e8:
        return QCoreApplication.translate("Words", "{0:.0f} megapixels").format(count / 1e6)
    if count >= 1e6:
        return QCoreApplication.translate("Words", "{0:.1f} megapixels").format(count / 1e6)
    if count >= 1e4:
        return QCoreApplication.translate("Words", "{0:.0f} kilopixels").format(count / 1e3)
    return QCoreApplication.translate("Words", "{0:.1f} kilopixels").format(count / 1e3)


def device_words(device: str) -> str:
    """What computes, for people."""
    if device == "cpu":
        return QCoreApplication.translate("Words", "the processor")
    if device.split(":")[0] in ("cuda", "mps"):
        return QCoreApplication.translate("Words", "the graphics card")
    return device
