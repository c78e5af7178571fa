//! A container of Docker's, kept by a unit: the new image starts, stays up, and never says that it is
//! healthy. The old one must run again.

use super::{Drill, Edit, How, Must};

/// An image of one program, made on the host itself, once good and once without what it serves; and the unit
/// that keeps its container, and whose start has failed until the container is healthy.
const PREPARE: &str = r#"set -e
apt-get install -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends docker.io busybox-static >/dev/null
until docker info >/dev/null 2>&1; do sleep 0.1; done
mkdir -p /tmp/drill-image/bin; cp /bin/busybox /tmp/drill-image/bin/busybox; echo well > /tmp/drill-image/health
health='HEALTHCHECK --interval=1s --retries=2 CMD ["/bin/busybox", "wget", "-qO-", "http://127.0.0.1:8088/health"]'
command='CMD ["/bin/busybox", "httpd", "-f", "-p", "8088", "-h", "/"]'
tar -C /tmp/drill-image -c . | docker import -c "$health" -c "$command" - drill-app:1 >/dev/null
rm /tmp/drill-image/health
tar -C /tmp/drill-image -c . | docker import -c "$health" -c "$command" - drill-app:2 >/dev/null
rm -r /tmp/drill-image
cat > /usr/local/sbin/drill-healthy <<'END'
#!/bin/sh
# A slow machine may take long for the first container; a bad one is known to be bad at once.
for time in $(seq 300); do
  case "$(docker inspect -f '{{.State.Health.Status}}' drill-app 2>/dev/null)" in
    healthy) exit 0 ;;
    unhealthy) break ;;
  esac
  sleep 0.2
done
docker logs --tail 3 drill-app
exit 1
END
chmod 755 /usr/local/sbin/drill-healthy
cat > /etc/systemd/system/drill-app.service <<'END'
[Service]
ExecStartPre=-docker rm -f drill-app
ExecStart=docker run --init --rm --name drill-app -p 127.0.0.1:8088:8088 drill-app:1
ExecStartPost=/usr/local/sbin/drill-healthy
ExecStop=docker stop -t 1 drill-app
END
systemctl daemon-reload; systemctl start drill-app
# The bridge's own address comes a moment after the first container, and is no part of the change.
until ip -6 route show table local dev docker0 | grep -q fe80; do sleep 0.1; done"#;

pub(super) static DRILL: Drill = Drill {
    number: 30,
    name: "health-gate",
    what: "the new container never becomes healthy",
    must: Must::Revert,
    says: "drill-app",
    how: How::Change(Edit {
        prepare: PREPARE,
        append: r#"
[[hosts.one.files]]
path = "/etc/systemd/system/drill-app.service"
content = """[Service]
ExecStartPre=-docker rm -f drill-app
ExecStart=docker run --init --rm --name drill-app -p 127.0.0.1:8088:8088 drill-app:2
ExecStartPost=/usr/local/sbin/drill-healthy
ExecStop=docker stop -t 1 drill-app
"""
reloads = ["drill-app.service"]
"#,
        ..Edit::NONE
    }),
};
