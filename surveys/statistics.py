"""Intervals, so that no number is printed without how far it can be trusted (pure)."""

from math import sqrt

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a proportion, 95 % unless told. Wilson, JASA 22 (1927): 209-212."""
    if not 0 <= hits <= n or n == 0:
        message = f"{hits} of {n} is no proportion"
        raise ValueError(message)
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
