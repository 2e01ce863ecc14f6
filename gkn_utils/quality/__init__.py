"""What image samples are worth: a judge of digits, measures, and digits to compare with."""

from gkn_utils.quality.digits import Digits, load_digits, nearness, score

__all__ = ["Digits", "load_digits", "nearness", "score"]
