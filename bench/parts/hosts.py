"""The lab hosts of the benchmark, through the product's own commands: `piton lab`."""

import json
import subprocess
from pathlib import Path

from . import description

LABS = Path("/var/lib/piton/lab")
NAME = "bench"


class Lab:
    """N throwaway hosts; names and addresses once they are up."""

    def __init__(self, piton, folder):
        self.piton = piton
        self.addresses = {}
        self.identity = LABS / NAME / "identity"
        self.known_hosts = folder / "known_hosts"

    def up(self, count, image):
        wanted = [f"host-{number}={image}" for number in range(1, count + 1)]
        self._run(["up", *wanted])
        listed = json.loads(self._run(["list", "--json"]))
        self.addresses = {host["name"]: host["address"] for host in listed["hosts"]}
        if len(self.addresses) != count:
            raise RuntimeError(f"the kept lab has {len(self.addresses)} hosts: piton lab --name {NAME} down")

    def down(self):
        self._run(["down"])

    def console(self, host, argv):
        """Runs a program in a host past its network, and returns what it printed."""
        return self._run(["exec", host, "--", *argv])

    def public_key(self):
        return self.identity.with_suffix(".pub").read_text().strip()

    def trust(self, relayed):
        """Writes the known keys of the hosts, also under the addresses of the relay."""
        keys = {}
        for line in (LABS / NAME / "known_hosts").read_text().splitlines():
            names, key = line.split(" ", 1)
            keys.setdefault(names.split(",")[0], []).append(key)
        # Plain names: paramiko knows no patterns.
        lines = [
            f"{address},[{address}]:{description.PORT} {key}\n"
            for name in self.addresses
            for address in dict.fromkeys([self.addresses[name], relayed[name]])
            for key in keys[name]
        ]
        self.known_hosts.write_text("".join(lines))

    def _run(self, words):
        said = subprocess.run([self.piton, "lab", "--name", NAME, *words], capture_output=True, text=True)
        if said.returncode != 0:
            raise RuntimeError(f"piton lab {' '.join(words)}: {said.stderr.strip() or said.stdout.strip()}")
        return said.stdout
