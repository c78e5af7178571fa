//! Everything on a host that a change which did not happen must not have changed.
//!
//! Byte by byte for files, and as the programs themselves tell it for what runs. Left out: logs,
//! caches, piton's own folder, the copies that passwd's tools keep of the file before, and what
//! counts time or packets; ssh.service, which a socket starts for the first caller (that sshd listens is
//! compared); and Docker's ends of containers' links, which have another name at every start (the containers
//! and their health are compared).

use super::stage::Stage;
use crate::failure::Failure;
use std::collections::BTreeSet;

/// What is looked at, one line a fact.
const LOOK: &str = r#"
cd /
find etc home root srv opt usr/local var/spool var/lib/dpkg/info boot -xdev \
    \( -name '*-' -path 'etc/*' -o -path 'home/*/.cache' -o -path etc/systemd/system/piton-guard\* \
       -o -path 'etc/systemd/system/*.wants/piton-guard*' -o -name .pwd.lock -o -path etc/mtab \) -prune -o -printf '%p %y %m %U %G %l\n'
find etc home root srv opt usr/local var/spool -xdev -type f ! -name '*-' ! -path 'home/*/.cache/*' ! -name .pwd.lock \
    ! -path etc/systemd/system/piton-guard\* -print0 | sort -z | xargs -0 sha256sum
mkdir -p -m 755 /run/sshd; sshd -T
ss -Hltn | awk '{print "listens", $4}'
nft -s list ruleset 2>/dev/null | sed -n '/^table ip6\? /,/^}/!p' | sed 's/^/nft /'
for t in iptables ip6tables; do $t-save | sed '/^#/d; s/\[[0-9:]*\]//' | sed "s/^/$t /"; done
{ ip -o address | awk '{print "address", $2, $3, $4}'; ip route show table all; ip rule; } | grep -v ' veth'
if systemctl -q is-active docker; then
    docker ps -q | xargs -r docker inspect -f 'container {{.Name}} {{.Config.Image}} {{.State.Status}} {{.State.Health.Status}}'
fi
systemctl list-units --plain --no-legend --state=active --type=service,socket,timer | awk '{print "unit", $1}' | grep -v -e piton-guard -e 'unit ssh.service' -e user@ -e user-runtime -e session- -e systemd-tmpfiles -e apt-daily -e dpkg-db -e e2scrub -e fstrim -e man-db -e logrotate
sysctl -a 2>/dev/null | grep -e ^net.ipv4.conf -e ^net.ipv6.conf -e tcp_syncookies -e ip_forward | grep -v '[.]veth'
"#;

pub(super) fn look(stage: &Stage) -> Result<BTreeSet<String>, Failure> {
    Ok(stage.console(LOOK)?.lines().map(str::to_owned).collect())
}

/// The facts that came or went, with a sign, at most a few.
pub(super) fn differences(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    let gone = before.difference(after).map(|fact| format!("- {fact}"));
    let came = after.difference(before).map(|fact| format!("+ {fact}"));
    gone.chain(came).take(12).collect()
}
