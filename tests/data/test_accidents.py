"""A few damaged files of each kind; tests/long/test_malformed.py has thousands, and those made to do harm."""

import tempfile
from pathlib import Path

import pytest
from accidents import KINDS, SAME_EACH_TIME
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, **SAME_EACH_TIME)
@given(data=st.data())
def test_what_is_damaged_ends_in_a_clear_error_or_a_valid_result(kind, data):
    with tempfile.TemporaryDirectory() as folder:
        kind(data.draw, Path(folder))
