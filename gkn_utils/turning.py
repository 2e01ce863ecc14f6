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

    In a turn the new noise is sized for a standard deviation of noise[0], of which keep[0] is kept: walk-jump sampling
    (Saremi and Hyvarinen 2019, arXiv 1903.02334). For the last `calm` iterations that size falls evenly to noise[1]
    with keep[1] kept, as in Song and Ermon's annealing (2019, arXiv 1907.05600), and samples become sharp; the noise
    fed lags behind, by what is kept. Nothing is clamped. For a network that learned from such noise
    (`fit(noise=...)`); notebook 16 says how it was found. Raises `ValueError` for counts that are not positive, or
    calm > period.
    """
    for name, count in [("steps", steps), ("period", period), ("calm", calm)]:
        check_count(name, count)
    if calm > period:
        raise ValueError(f"calm: got {calm}, needed at most the period, {period}")
    places = [(i - 1) % period + 1 for i in range(2, steps + 1)]  # in its turn, of the iteration that is fed
    falls = [max(0, place - (period - calm)) / calm for place in places]
    sizes = [noise[0] + (noise[1] - noise[0]) * fall for fall in falls]
    return {
        "steps": steps,
        "jitter": [3**0.5 * size for size in sizes],  # a uniform distribution's half-width
        "keep": [keep[1] if fall else keep[0] for fall in falls],
        "low": -float("inf"),
        "high": float("inf"),
    }
