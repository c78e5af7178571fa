"""The hosts that bench/run describes, as pyinfra wants them: a name and its data."""

import json
import os
from pathlib import Path

_described = json.loads(Path(os.environ["BENCH_DESCRIPTION"]).read_text())

hosts = [
    (
        name,
        {
            **host,
            "ssh_hostname": host["address"],
            "ssh_port": host["port"],
            "ssh_user": host["admin"],
            "ssh_key": _described["identity"],
            "ssh_known_hosts_file": _described["known_hosts"],
            "ssh_strict_host_key_checking": "yes",
            "ssh_allow_agent": False,
            "ssh_look_for_keys": False,
        },
    )
    for name, host in _described["hosts"].items()
]
