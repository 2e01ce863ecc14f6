"""Files that are written whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DRAFT = ".draft-"  # how the folders begin in which drafts lie; a run that is killed leaves one


@contextmanager
def atomic_write(target: str | Path) -> Iterator[Path]:
    """A path of the same name to write to; what lies there at the end becomes `target`, at once, or never.

    The folder of `target` is made if needed. Where the block fails, what was at `target` stays.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=DRAFT) as folder:
        draft = Path(folder) / target.name
        yield draft
        draft.chmod(0o644)
        draft.replace(target)
