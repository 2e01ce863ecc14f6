import http.server
import os
import threading
import time
from pathlib import Path

import pytest

from gkn_utils.data import downloads

CONTENT = b"whole" * 20_000


class Handler(http.server.BaseHTTPRequestHandler):
    """/whole gives all of CONTENT, /half stops in the middle, anything else is not there."""

    def do_GET(self):
        if self.path not in ("/whole", "/half"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/whole" else CONTENT[: len(CONTENT) // 2])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    monkeypatch.setenv("GKN_DATA", str(tmp_path / "data"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def left() -> list[Path]:
    return [path for path in downloads.data_folder().rglob("*") if path.is_file()]


def test_a_download_is_read_and_kept(mirror):
    path = downloads.data_folder() / "set" / "file"
    assert downloads.fetch(path, [f"{mirror}/whole"], Path.read_bytes) == CONTENT
    assert left() == [path]
    assert path.read_bytes() == CONTENT


def test_a_download_cut_off_half_way_is_never_used(mirror):
    path = downloads.data_folder() / "file"
    with pytest.raises(FileNotFoundError, match=r"file: not in .*half \("):
        downloads.fetch(path, [f"{mirror}/half"], Path.read_bytes)
    assert left() == []
    assert downloads.fetch(path, [f"{mirror}/half", f"{mirror}/whole"], Path.read_bytes) == CONTENT


def test_a_download_that_is_refused_is_not_kept(mirror):
    def refuse(path):
        raise ValueError("wrong hash")

    with pytest.raises(FileNotFoundError, match="wrong hash"):
        downloads.fetch(downloads.data_folder() / "file", [f"{mirror}/gone", f"{mirror}/whole"], refuse)
    assert left() == []
    downloads.data_folder().rmdir()
    downloads.data_folder().touch()
    with pytest.raises(ValueError, match="which is no folder"):
        downloads.fetch(downloads.data_folder() / "file", [f"{mirror}/whole"], refuse)


def test_what_a_killed_download_left_is_cleared_away_the_next_day(mirror):
    drafts = {hours: downloads.data_folder() / f".draft-{hours}" for hours in (1, 25)}
    for hours, draft in drafts.items():
        draft.mkdir(parents=True)
        (draft / "half").touch()
        os.utime(draft, (time.time() - hours * 3600,) * 2)
    downloads.fetch(downloads.data_folder() / "file", [f"{mirror}/whole"], Path.read_bytes)
    assert [draft.exists() for draft in drafts.values()] == [True, False]
