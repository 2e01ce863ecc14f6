"""The explorer notebook in JupyterLab, in a real browser: Chromium, where it and Playwright are installed."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from time import monotonic, sleep

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="no browser: Playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: Chromium is not installed")

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "22_explore.ipynb"
PICTURE = ".widget-output img"  # what the sliders redraw


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on this machine alone, with a token, over a copy of the notebook: the address of that."""
    shutil.copy(NOTEBOOK, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, root = secrets.token_hex(16), f"http://127.0.0.1:{port}"
    options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    options += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={tmp_path}"]
    options += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    private = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "RUNTIME")}
    private |= {"GKN_FIGURES": str(tmp_path / "figures"), "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings")}
    private |= {"JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces")}
    with (tmp_path / "lab.log").open("w") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, env=os.environ | private, stdout=log, stderr=log)
        try:
            _wait_for(f"{root}/api/status?token={token}", server)
            yield f"{root}/lab/tree/{NOTEBOOK.name}?token={token}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    end = monotonic() + 60
    while monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            sleep(0.2)
    raise RuntimeError("JupyterLab did not start")


def test_a_slider_redraws_the_picture(lab, tmp_path):
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(lab)
        page.locator(".jp-Notebook").wait_for(timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(PICTURE).wait_for(timeout=120_000)
        before = page.locator(PICTURE).get_attribute("src")
        page.locator(".noUi-handle").first.press("ArrowLeft")
        page.wait_for_function("([place, old]) => document.querySelector(place)?.src !== old", arg=[PICTURE, before])
        points = page.locator(".widget-text input").first
        points.fill("no number")
        points.press("Enter")
        said = page.locator(".widget-output").get_by_text("could not convert string to float")
        said.wait_for(timeout=30_000)
        browser.close()
    assert (tmp_path / "figures" / "22_explore.png").exists()
