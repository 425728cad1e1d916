"""Progress that nobody watches."""


class SilentProgress:
    """Implements ports.Progress."""

    def begin(self, stage: str, total: int | None, unit: str) -> None:
        """Says nothing."""

    def tell(self, sentence: str) -> None:
        """Says nothing."""

    def advance(self, by: int = 1, note: str = "") -> None:
        """Says nothing."""

    def end(self) -> None:
        """Says nothing."""
