"""Says what of a drop or of the clipboard cannot be opened, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from mfsr_app.desktop.offer import Offer

translate = QCoreApplication.translate


def words_for_left_out(offer: Offer) -> str:
    """Sentences about files that are not there and addresses of other places; empty if there are none."""
    words = []
    if len(offer.missing) == 1:
        name = offer.missing[0].name
        words.append(translate("LeftOut", "{0} is not there. It may have been moved or deleted.").format(name))
    elif offer.missing:
        count = len(offer.missing)
        words.append(
            translate("LeftOut", "{0} files are not there. They may have been moved or deleted.").format(count)
        )
    if offer.is_of_mail:
        words.append(
            translate("LeftOut", "The mail program gave only an address. Save the attachment as a file and open that.")
        )
    elif offer.remote:
        words.append(
            translate(
                "LeftOut",
                "Addresses of other computers are not opened. Save the picture as a file, or copy it and paste it here.",
            )
        )
    return " ".join(words)
