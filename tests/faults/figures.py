"""What the fault tests found, kept for the table at the end of a run."""

ROWS: list[tuple[str, str]] = []


def found(fault: str, figure: str) -> None:
    ROWS.append((fault, figure))


def table() -> list[str]:
    width = max((len(fault) for fault, _ in ROWS), default=0)
    return [f"{fault:<{width}}  {figure}" for fault, figure in ROWS]
