"""One hardened host in pyinfra's operations. The values come from the inventory that bench/run writes."""

from pyinfra import config, host
from pyinfra.operations import apt, files, server, systemd

import ufw

config.SUDO = True

data = host.data


def own_file(path, mode):
    """A file with the content that the description holds; its folder comes with its package."""
    return files.put(
        name=path,
        src=f"{data.files}{path}",
        dest=path,
        user="root",
        group="root",
        mode=mode,
        create_remote_dir=False,
    )


apt.packages(name="Packages", packages=data.packages, present=True)
files.link(name="Time zone", path="/etc/localtime", target=data.local_time)

for user in data.users:
    server.user(
        name=f"User {user['name']}",
        user=user["name"],
        shell=user["shell"],
        home=user["home"],
        groups=user["groups"],
        append=True,
        ensure_home=False,
    )
    files.directory(
        name=f"Home of {user['name']}",
        path=user["home"],
        user=user["name"],
        group=user["name"],
        mode=user["home_mode"],
    )

server.user_authorized_keys(
    name="Keys of the admin",
    user=data.admin,
    public_keys=data.authorized_keys,
    authorized_key_directory=f"{data.admin_home}/.ssh",
)
own_file(data.sudoers, "440")

for rule in data.filter_rules:
    ufw.rule(name=rule["words"], words=rule["words"], comment=rule["comment"])
ufw.policy(name="Filter policy", incoming="deny", outgoing="allow")

ssh = own_file(data.ssh_drop_in, "644")
jail = own_file("/etc/fail2ban/jail.local", "644")

own_file(data.sysctl_file, "644")
for key, value in data.sysctl.items():
    server.sysctl(name=key, key=key, value=value)

own_file("/etc/apt/apt.conf.d/20auto-upgrades", "644")
own_file("/etc/apt/apt.conf.d/50unattended-upgrades", "644")

mesh = own_file("/etc/wireguard/wg0.conf", "600")
files.file(name="Key of the mesh", path="/etc/wireguard/private.key", user="root", group="root", mode="600")
docker = own_file("/etc/docker/daemon.json", "644")

for unit in data.units:
    systemd.service(name=unit, service=unit, running=True, enabled=True)

systemd.service(name="Reload ssh", service="ssh.service", reloaded=True, _if=ssh.did_change)
systemd.service(name="Restart fail2ban", service="fail2ban.service", restarted=True, _if=jail.did_change)
systemd.service(name="Restart mesh", service="wg-quick@wg0.service", restarted=True, _if=mesh.did_change)
systemd.service(name="Restart docker", service="docker.service", restarted=True, _if=docker.did_change)
