"""What the hosts of the benchmark are: once as piton's site, once as plain values for the peers and the floor.

The files that piton wrote are fetched from the hosts, so that every tool is asked for the same bytes. Nothing here
runs a tool; see tools.py.
"""

import json
import shutil
import subprocess

ADMIN = "adminclaw"
SERVICE = "openclaw"
PORT = 222
MESH = "10.0.0.0/24"

# The hardened profile's packages, then what the sections bring along.
PACKAGES = [
    *("curl", "wget", "git", "vim", "htop", "tmux", "unzip", "ca-certificates", "gnupg", "lsb-release"),
    *("apt-transport-https", "software-properties-common", "ufw", "fail2ban", "auditd", "wireguard"),
    *("wireguard-tools", "docker.io", "iptables", "python3-systemd", "unattended-upgrades"),
]

SYSCTL = {
    "net.ipv4.conf.all.rp_filter": "1",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
    "net.ipv4.conf.all.accept_source_route": "0",
    "net.ipv4.conf.all.send_redirects": "0",
    "net.ipv4.tcp_syncookies": "1",
    "net.ipv4.tcp_max_syn_backlog": "2048",
    "net.ipv4.tcp_synack_retries": "2",
    "net.ipv4.conf.all.log_martians": "1",
    "kernel.randomize_va_space": "2",
    "kernel.dmesg_restrict": "1",
    "kernel.kptr_restrict": "2",
}

UNITS = ["ssh.service", "fail2ban.service", "docker.service", "wg-quick@wg0.service"]

SSH_DROP_IN = "/etc/ssh/sshd_config.d/00-piton.conf"
SUDOERS = f"/etc/sudoers.d/90-piton-{ADMIN}"

# Written by piton, readable by whoever may become root. The mesh's private key stays on its host.
FILES = [
    SSH_DROP_IN,
    SUDOERS,
    "/etc/fail2ban/jail.local",
    "/etc/apt/apt.conf.d/20auto-upgrades",
    "/etc/apt/apt.conf.d/50unattended-upgrades",
    "/etc/wireguard/wg0.conf",
    "/etc/docker/daemon.json",
]
PRIVATE = ["/etc/wireguard/private.key"]


def allowed(index):
    """The mesh rules of a host: two ports like the gateway of the example, or everything like its observer."""
    return ["9100/tcp from mesh", "18789/tcp from mesh"] if index % 2 == 0 else ["any from mesh"]


def site(addresses):
    """The site file for hosts at these addresses: the two-vps example, for any number of hosts."""
    text = (
        '[site]\nname = "bench"\nprofile = "hardened"\ntime_zone = "UTC"\n\n'
        f'[access]\nadmin = "{ADMIN}"\nservice = "{SERVICE}"\nkeys = ["operator.pub"]\n\n'
        f'[ssh]\nport = {PORT}\n\n[mesh]\nrange = "{MESH}"\n\n[docker]\n'
    )
    for index, (name, address) in enumerate(addresses.items()):
        rules = ", ".join(f'"{rule}"' for rule in allowed(index))
        text += f'\n[hosts.{name}]\naddress = "{address}"\nmesh = "10.0.0.{index + 1}"\nallow = [{rules}]\n'
    return text


def filter_rules(index):
    """The rules of a host, in ufw's own words and in parts."""
    rules = [
        rule(port="222", protocol="tcp", comment="ssh"),
        rule(port="51820", protocol="udp", comment="mesh"),
    ]
    if index % 2 == 0:
        return [*rules, rule("9100", "tcp", MESH), rule("18789", "tcp", MESH)]
    return [*rules, rule(source=MESH)]


def rule(port="", protocol="", source="", comment=""):
    if not source:
        words = f"allow {port}/{protocol}"
    elif not port:
        words = f"allow from {source}"
    else:
        words = f"allow from {source} to any port {port} proto {protocol}"
    return {"port": port, "protocol": protocol, "source": source, "comment": comment, "words": words}


def describe(lab, folder):
    """Writes the description of converged hosts, with their files, and returns it."""
    hosts = {}
    for index, (name, address) in enumerate(lab.addresses.items()):
        files = folder / "files" / name
        sysctl_file = fetch(lab, name, files)
        hosts[name] = {
            "address": address,
            "port": PORT,
            "admin": ADMIN,
            "admin_home": f"/home/{ADMIN}",
            "authorized_keys": lab.public_key(),
            "users": [user(ADMIN, "0750"), user(SERVICE, "0750")],
            "packages": PACKAGES,
            "local_time": lab.console(name, ["readlink", "/etc/localtime"]).strip(),
            "files": str(files),
            "sudoers": SUDOERS,
            "ssh_drop_in": SSH_DROP_IN,
            "sysctl_file": sysctl_file,
            "sysctl": SYSCTL,
            "filter_rules": filter_rules(index),
            "units": UNITS,
        }
    return {"identity": str(lab.identity), "known_hosts": str(lab.known_hosts), "hosts": hosts}


def user(name, home_mode):
    return {"name": name, "shell": "/bin/bash", "home": f"/home/{name}", "home_mode": home_mode, "groups": ["docker"]}


def fetch(lab, name, folder):
    """Copies what piton wrote; returns the path of the kernel parameters' file, whose name is piton's choice."""
    shutil.rmtree(folder, ignore_errors=True)
    found = lab.console(name, ["grep", "-l", "tcp_max_syn_backlog", "-r", "/etc/sysctl.d"]).split()
    for path in [*FILES, *found]:
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(lab.console(name, ["cat", path]))
    return found[0]


def aimed(description, addresses):
    """The same description with other addresses: those of the relay that adds a round trip."""
    hosts = {name: {**host, "address": addresses[name]} for name, host in description["hosts"].items()}
    return {**description, "hosts": hosts}


def write_inventories(description, folder):
    """Writes what pyinfra and Ansible read; returns both paths."""
    for_pyinfra = folder / "description.json"
    for_pyinfra.write_text(json.dumps(description, indent=1))
    hosts = {
        name: {"ansible_host": host["address"], "ansible_port": host["port"], "ansible_user": host["admin"], **host}
        for name, host in description["hosts"].items()
    }
    for host in hosts.values():
        # Ansible has a variable of that name of its own.
        host.pop("port")
    for_ansible = folder / "inventory.json"
    for_ansible.write_text(json.dumps({"all": {"hosts": hosts}}, indent=1))
    return for_pyinfra, for_ansible


def read(folder):
    """The description as write_inventories left it."""
    return json.loads((folder / "description.json").read_text())


def look_script(host, template):
    """Floor B's script for one host."""
    words = {
        "FILES": [*FILES, host["sysctl_file"], f"{host['admin_home']}/.ssh/authorized_keys"],
        "PRIVATE": PRIVATE,
        "HOMES": [user["home"] for user in host["users"]],
        "SYSCTLS": ["/proc/sys/" + key.replace(".", "/") for key in host["sysctl"]],
        "UNITS": host["units"],
    }
    text = template.replace("@PACKAGES@", "|".join(PACKAGES))
    for mark, value in words.items():
        text = text.replace(f"@{mark}@", " ".join(value))
    return text


def git_commit(root):
    said = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return said.stdout.strip()
