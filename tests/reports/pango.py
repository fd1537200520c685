"""The libraries that make PDF files; ``python -m tests.reports.pango`` gets them if they are not there."""

import os
import shutil
import subprocess
import sys

PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def is_there() -> bool:
    """Tell whether WeasyPrint can be imported; in a process of its own, whose failure leaves no trace."""
    tried = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False)
    return tried.returncode == 0


def install() -> None:
    """Get them the way this system does it.

    :raises subprocess.CalledProcessError: they could not be installed
    """
    if shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *PACKAGES], check=True, env=quiet)
    elif shutil.which("brew"):
        subprocess.run(["brew", "install", "pango"], check=True)
    else:
        sys.exit("PDF files need Pango: https://doc.courtbouillon.org/weasyprint/stable/first_steps.html")


if __name__ == "__main__":
    if not is_there():
        print("Getting Pango …", flush=True)
        install()
