"""What is wrong with the broker at the moment, said once."""

from __future__ import annotations

import logging

log = logging.getLogger("visaged.mqtt")


class Trouble:
    """Keeps the latest sentence, and logs it when it differs from the one before or comes again after ``over``."""

    def __init__(self) -> None:
        self._sentence: str | None = None

    @property
    def sentence(self) -> str | None:
        """What is wrong, None while all is well."""
        return self._sentence

    def note(self, sentence: str) -> None:
        """Something went wrong."""
        if sentence != self._sentence:
            self._sentence = sentence
            log.warning("%s", sentence)

    def over(self) -> None:
        """All is well again."""
        self._sentence = None
