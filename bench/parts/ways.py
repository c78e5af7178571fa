"""How ssh reaches the hosts: cold or warm, directly or through the relay that adds a round trip.

Every tool that starts `ssh` finds a two-line one first in its PATH, which adds the benchmark's configuration. So all
of them connect with the same key, the same known hosts and the same ciphers.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import description

SOCKETS = Path("/run/piton-bench")


class Way:
    """One way to the hosts: the environment in which every tool is run."""

    def __init__(self, lab, folder, milliseconds, warm):
        self.lab = lab
        self.milliseconds = milliseconds
        self.warm = warm
        self.folder = folder / f"{milliseconds}ms-{'warm' if warm else 'cold'}"
        self.relay = None
        self.addresses = dict(lab.addresses)
        if milliseconds:
            last = (address.rsplit(".", 1)[1] for address in lab.addresses.values())
            self.addresses = dict(zip(lab.addresses, (f"127.77.0.{number}" for number in last)))

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.forget_connections()
        self.write_shim()
        if self.milliseconds:
            pairs = [f"{self.addresses[name]}:222={address}:222" for name, address in self.lab.addresses.items()]
            command = [sys.executable, str(Path(__file__).with_name("relay.py")), str(self.milliseconds), *pairs]
            self.relay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self.relay.stdout.readline()
        self.lab.trust(self.addresses)
        return self

    def __exit__(self, *_):
        self.forget_connections()
        if self.relay:
            self.relay.terminate()
            self.relay.wait()

    def write_shim(self):
        lines = []
        if self.milliseconds:
            for name, address in self.lab.addresses.items():
                lines += [f"Host {address}", f"  HostName {self.addresses[name]}"]
        lines += [
            "Host *",
            f"  User {description.ADMIN}",
            f"  IdentityFile {self.lab.identity}",
            "  IdentitiesOnly yes",
            f"  UserKnownHostsFile {self.lab.known_hosts}",
            "  GlobalKnownHostsFile none",
            "  StrictHostKeyChecking yes",
            "  BatchMode yes",
        ]
        if self.warm:
            lines += ["  ControlMaster auto", f"  ControlPath {SOCKETS}/%C", "  ControlPersist 3600"]
        config = self.folder / "ssh_config"
        config.write_text("\n".join(lines) + "\n")
        shim = self.folder / "ssh"
        shim.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {config} "$@"\n')
        shim.chmod(0o755)

    def forget_connections(self):
        """Ends every kept connection, so that the next run has to make its own."""
        for socket in SOCKETS.glob("*") if SOCKETS.exists() else []:
            subprocess.run(["/usr/bin/ssh", "-O", "exit", "-o", f"ControlPath={socket}", "any"], capture_output=True)
            socket.unlink(missing_ok=True)
        SOCKETS.mkdir(mode=0o700, exist_ok=True)

    def environment(self):
        return {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
