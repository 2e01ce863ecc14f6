"""A kaleidoscope that keeps turning: noise that is kept from one iteration to the next, in turns that end calm."""

from gkn_utils.validation import check_count


def turning(
    steps: int,
    *,
    period: int,
    calm: int,
    noise: tuple[float, float] = (1.2, 0.4),
    keep: tuple[float, float] = (0.9, 0.8),
) -> dict:
    """Options for `kaleidoscope` over `steps` iterations, in turns of `period` iterations.

    In a turn the noise has the standard deviation noise[0] and keep[0] of it is kept, as in a walk over blurred data;
    then, for the last `calm` iterations, it falls evenly to noise[1] with keep[1] kept, and samples become sharp.
    Nothing is clamped. For a network that learned from such noise (`fit(noise=...)`). This project's own; notebook 16
    says how it was found. Raises `ValueError` for counts that are not positive, or calm > period.
    """
    for name, count in [("steps", steps), ("period", period), ("calm", calm)]:
        check_count(name, count)
    if calm > period:
        raise ValueError(f"calm: got {calm}, needed at most the period, {period}")
    falls = [max(0, (i - 1) % period + 1 - (period - calm)) / calm for i in range(1, steps)]  # 0 to 1
    sizes = [noise[0] + (noise[1] - noise[0]) * fall for fall in falls]
    return {
        "steps": steps,
        "jitter": [3**0.5 * size for size in sizes],  # a uniform distribution's half-width
        "keep": [keep[1] if fall else keep[0] for fall in falls],
        "low": -float("inf"),
        "high": float("inf"),
    }
