"""Which Chromium drives the browser tests; ``python -m tests.browser.chromium`` gets one if there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# Without a display, a profile or a way out: nothing that a test does leaves this machine.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def installed() -> str | None:
    """Return the system's Chromium; without one, None stands for Playwright's own."""
    found = (shutil.which(name) for name in (*NAMES, *APPS))
    return next((path for path in found if path), None)


def install() -> None:
    """Get a Chromium and a Chinese font the way this system does it.

    :raises subprocess.CalledProcessError: it could not be installed
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    playwright = [sys.executable, "-m", "playwright", "install"]
    if is_root and _is_debian():
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        packages = ["chromium", "fonts-noto-cjk"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True, env=environment)
    elif is_root and shutil.which("apt-get"):
        # Ubuntu's chromium package only leads to its shop.
        subprocess.run([*playwright, "--with-deps", "chromium"], check=True)
    else:
        subprocess.run([*playwright, "chromium"], check=True)


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "\nID=debian\n" in f"\n{release.read_text()}\n"


if __name__ == "__main__":
    if installed() is None:
        print("Getting a headless Chromium …", flush=True)
        install()
