"""One thing of each class, changed by hand on a host past its network: what every tool must see."""

from dataclasses import dataclass

from . import description


@dataclass(frozen=True)
class Drift:
    """A change and its repair, as root's shell commands."""

    what: str
    make: str
    mend: str


DRIFTS = [
    Drift(
        "a line more in a file",
        "cp -a /etc/fail2ban/jail.local /root/kept && echo '# by hand' >> /etc/fail2ban/jail.local",
        "cp -a /root/kept /etc/fail2ban/jail.local && rm /root/kept",
    ),
    Drift(
        "a private key that others may read",
        "chmod 644 /etc/wireguard/private.key",
        "chmod 600 /etc/wireguard/private.key",
    ),
    Drift(
        "another live kernel parameter",
        "sysctl -qw net.ipv4.tcp_synack_retries=5",
        "sysctl -qw net.ipv4.tcp_synack_retries=2",
    ),
    Drift(
        "a missing filter rule",
        "ufw delete allow 51820/udp",
        "ufw allow 51820/udp comment mesh",
    ),
    Drift(
        "a stopped unit",
        "systemctl stop fail2ban.service",
        "systemctl start fail2ban.service",
    ),
    Drift(
        "a lost group membership",
        f"gpasswd -d {description.SERVICE} docker",
        f"gpasswd -a {description.SERVICE} docker",
    ),
]


def prove_all_see(lab, tools, drifts, tell):
    """Injects each drift in turn and asserts that every tool names it, and that none is left when it is mended."""
    host = next(iter(lab.addresses))
    for drift in drifts:
        lab.console(host, ["sh", "-c", drift.make])
        try:
            for tool in tools:
                tool.prepare()
                ran = tool.run(tool.command_that_only_looks())
                if not tool.sees(ran.returncode, ran.stdout + ran.stderr):
                    raise AssertionError(f"{tool.name} does not see {drift.what}")
        finally:
            lab.console(host, ["sh", "-c", drift.mend])
        tell(f"seen by {', '.join(tool.name for tool in tools)}: {drift.what}")


def prove_none_sees(tools, tell):
    """Asserts that every tool finds the hosts as they shall be."""
    for tool in tools:
        tool.prepare()
        ran = tool.run(tool.command())
        if tool.sees(ran.returncode, ran.stdout + ran.stderr):
            raise AssertionError(f"{tool.name} wants to change hosts that piton has just converged:\n{ran.stdout}")
    tell(f"nothing to do for {', '.join(tool.name for tool in tools)}")
