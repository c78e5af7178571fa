"""The peers, each installed in a place of its own from its pinned list."""

import subprocess
import sys
import venv
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent


def make(peer, work):
    """Installs a peer below the work folder, unless what is there is what is pinned."""
    wanted = (BENCH / f"requirements-{peer}.txt").read_text()
    stamp = work / peer / "requirements.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"· installing {peer}", file=sys.stderr, flush=True)
    venv.create(work / peer, with_pip=True, clear=True)
    pip = [str(work / peer / "bin/pip"), "-q", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "-r", str(BENCH / f"requirements-{peer}.txt")], check=True)
    stamp.write_text(wanted)
