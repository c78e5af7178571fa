"""The things that are timed: two floors and the tools, each as a command for all hosts and a way to read its answer.

`sees` answers the one question that makes them comparable: does this tool want to change anything?
"""

import re
import subprocess
from pathlib import Path

from . import description

BENCH = Path(__file__).resolve().parent.parent


class Tool:
    """A command that deals with all hosts at once."""

    name = ""
    # Whether a connection that is already there can be used at all.
    can_be_warm = True
    # How many of the asked-for repetitions are made: the slow ones are steady enough.
    share = 1.0

    def __init__(self, way, piton, site, venvs):
        self.way, self.piton, self.site, self.venvs = way, piton, site, venvs
        self.environment = way.environment()

    def prepare(self):
        """Before each cold run."""
        if not self.way.warm:
            self.way.forget_connections()

    def command(self):
        """What is timed."""
        raise NotImplementedError

    def command_that_only_looks(self):
        """Names a drift and mends nothing; for the proof that the tool sees it."""
        return self.command()

    def sees(self, code, text):
        """Whether the tool found something to change. Raises when it did not do its work."""
        raise NotImplementedError

    def run(self, command):
        return subprocess.run(command, env=self.environment, cwd=self.way.folder, capture_output=True, text=True)


class Floor(Tool):
    """One ssh a host, all at once."""

    def remote(self, host):
        raise NotImplementedError

    def command(self):
        parts = []
        for host in self.way.lab.addresses:
            parts.append(f"ssh -p {description.PORT} {self.way.lab.addresses[host]} {self.remote(host)} >/dev/null &\n")
            parts.append("pids=\"$pids $!\"\n")
        parts.append("for pid in $pids; do wait $pid || exit 1; done\n")
        return ["sh", "-c", "".join(parts)]

    def sees(self, code, text):
        if code != 0:
            raise RuntimeError(f"{self.name} failed: {text[-2000:]}")
        return False


class Login(Floor):
    name = "ssh true"

    def remote(self, host):
        return "true </dev/null"


class BatchedLook(Floor):
    name = "one batched look"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        template = (BENCH / "floor/look.sh").read_text()
        described = description.read(self.way.folder)
        self.scripts = {}
        for host, values in described["hosts"].items():
            path = self.way.folder / f"look-{host}.sh"
            path.write_text(description.look_script(values, template))
            self.scripts[host] = path

    def remote(self, host):
        return f"sudo -n sh -s <{self.scripts[host]}"


class Piton(Tool):
    name = "piton plan"

    def command(self):
        return [self.piton, "plan", "--exit-code", "--site", str(self.site)]

    def sees(self, code, text):
        if code not in (0, 3):
            raise RuntimeError(f"piton ended with {code}: {text[-2000:]}")
        return code == 3


class PitonApply(Piton):
    name = "piton apply"

    def command(self):
        return [self.piton, "apply", "--yes", "--site", str(self.site)]

    def command_that_only_looks(self):
        return super().command()


class Pyinfra(Tool):
    name = "pyinfra"
    can_be_warm = False  # It has its own ssh, whose connections end with it.
    share = 0.7

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.environment["BENCH_DESCRIPTION"] = str(self.way.folder / "description.json")

    def command(self):
        return [str(self.venvs / "pyinfra/bin/pyinfra"), "-y", "--chdir", str(BENCH / "pyinfra"), *self.files()]

    def command_that_only_looks(self):
        return [str(self.venvs / "pyinfra/bin/pyinfra"), "--dry", "--chdir", str(BENCH / "pyinfra"), *self.files()]

    def files(self):
        return [str(BENCH / "pyinfra/inventory.py"), str(BENCH / "pyinfra/deploy.py")]

    def sees(self, code, text):
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
        # After a run: hosts, then successes, errors, hosts without a change.
        totals = re.findall(r"^\s*Grand total\s+(.*)$", text, re.MULTILINE)
        # When it only looks: each operation with its changes, and those that depend on others.
        foreseen = re.findall(r"^    \S.*?\s{2,}(-|\d+ \(.*?\))\s{2,}(?:-|\d+ \(.*?\))\s*$", text, re.MULTILINE)
        if code != 0 or not (totals or foreseen):
            raise RuntimeError(f"pyinfra ended with {code}: {text[-3000:]}")
        return totals[-1].split()[1] != "-" if totals else any(changes != "-" for changes in foreseen)


class AnsibleTuned(Tool):
    name = "ansible tuned"
    configuration = "tuned.cfg"
    share = 0.3

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sockets = Path("/run/piton-bench")
        self.environment |= {
            "ANSIBLE_CONFIG": str(BENCH / "ansible" / self.configuration),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.sockets),
            "ANSIBLE_PRIVATE_KEY_FILE": str(self.way.lab.identity),
            "ANSIBLE_HOME": str(self.way.folder.parent / "ansible-home"),
            "ANSIBLE_NOCOLOR": "1",
        }

    def command(self):
        playbook = str(BENCH / "ansible/playbook.yml")
        return [str(self.venvs / "ansible/bin/ansible-playbook"), "-i", str(self.way.folder / "inventory.json"), playbook]

    def command_that_only_looks(self):
        return [*self.command(), "--check"]

    def sees(self, code, text):
        recaps = re.findall(r"ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", text)
        if code != 0 or len(recaps) != len(self.way.lab.addresses):
            raise RuntimeError(f"{self.name} ended with {code}: {text[-3000:]}")
        return any(int(changed) for changed, _, _ in recaps)


class AnsibleDefault(AnsibleTuned):
    name = "ansible default"
    configuration = "default.cfg"
    can_be_warm = False  # Its connections are kept for a minute, less than a round takes.
    share = 0.1


TOOLS = [Login, BatchedLook, Piton, PitonApply, Pyinfra, AnsibleTuned, AnsibleDefault]
