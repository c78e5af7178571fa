# Floor B: one look at a host, in one shell, over one ssh session. It reads the same files and runs the same few
# programs as a tool must; it compares nothing, so it is a floor and not a tool. bench/run puts @...@ in.
exec 2>&1
sha256sum @FILES@
stat -c '%n %a %U %G' @FILES@ @PRIVATE@ @HOMES@
readlink /etc/localtime
cat /etc/passwd /etc/group
grep -A1 -E '^Package: (@PACKAGES@)$' /var/lib/dpkg/status
cat @SYSCTLS@
iptables-save
ip6tables-save
cat /etc/ufw/user.rules /etc/ufw/user6.rules /etc/ufw/ufw.conf /etc/default/ufw
sshd -T
wg show
systemctl show --property=Id,LoadState,ActiveState,UnitFileState -- @UNITS@
ss -tlnH
