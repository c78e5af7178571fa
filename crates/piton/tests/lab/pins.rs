//! What the name of an image leads to, asked of a real registry (Debian's) on a booted host, written down, and pulled.
//!
//! A chapter of the story in `stacks.rs`, on its host, with the page's two versions that lie in its engine by then.

use crate::rehearsal::Rehearsal;

const PULLED: &str = r#"
[services.pulled]
is = "container"
values = { image = "127.0.0.1:5000/page:1" }
"#;

/// The registry, a neighbour that takes calls and says nothing, and images in the first one: a version under a name,
/// and indexes that have it for another platform and for this one.
const REGISTRY: &str = r#"set -eu
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker-registry curl > /dev/null
cat > /etc/docker/registry/config.yml <<'END'
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/docker-registry}}
http: {addr: "127.0.0.1:5000"}
END
systemctl restart docker-registry
timeout 60 sh -c 'until curl -sf http://127.0.0.1:5000/v2/; do sleep 0.1; done'
systemd-run -q --collect python3 -c '
import signal, socket
silent = socket.create_server(("127.0.0.1", 5001))
signal.pause()'
docker tag piton.lab/page:1 127.0.0.1:5000/page:1
docker push -q 127.0.0.1:5000/page:1
docker rmi 127.0.0.1:5000/page:1
old=application/vnd.docker.distribution.manifest.v2+json
new=application/vnd.oci.image.index.v1+json
page=http://127.0.0.1:5000/v2/page/manifests
curl -sf -H "Accept: $old" $page/1 > /tmp/manifest
digest=sha256:$(sha256sum /tmp/manifest | cut -d' ' -f1) size=$(stat -c %s /tmp/manifest)
for platform in s390x:elsewhere "$(dpkg --print-architecture)":both; do
    curl -sf -X PUT -H "Content-Type: $new" $page/${platform#*:} --data "{\"schemaVersion\": 2, \"mediaType\": \"$new\",
        \"manifests\": [{\"mediaType\": \"$old\", \"digest\": \"$digest\", \"size\": $size,
        \"platform\": {\"architecture\": \"${platform%:*}\", \"os\": \"linux\"}}]}"
done
"#;

/// `site` is what the host is by now.
pub fn names_are_pinned(rehearsal: &Rehearsal, site: &str) {
    let on = |line: &str| rehearsal.on("one", line).ok().trim().to_owned();
    let run = || on("docker inspect --format '{{.Image}}' pulled");
    let lock = || std::fs::read_to_string(rehearsal.path().join("piton.lock")).unwrap_or_default();
    let in_registry = |tag: &str| {
        on(&format!(
            "curl -sI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json, \
             application/vnd.oci.image.index.v1+json' http://127.0.0.1:5000/v2/page/manifests/{tag} | tr -d '\\r' \
             | sed -n 's/^Docker-Content-Digest: //p'"
        ))
    };
    on(REGISTRY);
    let with = |image: &str| {
        let (before, after) = site.split_once("[lab]").unwrap();
        format!("{before}{}\n[lab]{after}", PULLED.replace("127.0.0.1:5000/page:1", image))
    };
    rehearsal.write(&with("127.0.0.1:5000/page:1"));
    let one = in_registry("1");
    let planned = rehearsal.piton(&["plan", "--lab"]).ok();
    assert!(planned.contains(&one["sha256:".len()..][..12]), "{planned}");
    assert_eq!(lock(), "", "planning writes nothing");
    rehearsal.apply().ok();
    assert!(lock().contains(&format!("\"127.0.0.1:5000/page:1\" = \"{one}\"\n")), "{}", lock());
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());

    the_name_moves(rehearsal, &on, &run, &lock);
    nobody_can_say(rehearsal, &with);

    // An index is one name for every platform.
    rehearsal.write(&with("127.0.0.1:5000/page:both"));
    rehearsal.apply().ok();
    assert!(lock().contains(&in_registry("both")), "{}", lock());
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());
    rehearsal.write(site);
    rehearsal.apply().ok();
    on("systemctl disable --now docker-registry");
}

/// Somebody pushes another version under the same name: nothing of it arrives until somebody asks.
fn the_name_moves(
    rehearsal: &Rehearsal,
    on: &dyn Fn(&str) -> String,
    run: &dyn Fn() -> String,
    lock: &dyn Fn() -> String,
) {
    let (before, old) = (lock(), run());
    on("docker tag piton.lab/page:2 127.0.0.1:5000/page:1; docker push -q 127.0.0.1:5000/page:1");
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());
    rehearsal.piton(&["lock", "--lab"]).ok();
    assert_eq!(lock(), before);
    let said = rehearsal.piton(&["lock", "--lab", "--update"]).ok();
    assert!(said.contains('→') && lock() != before, "{said}");
    assert_eq!(rehearsal.planned("one"), ["stack apps"]);
    rehearsal.apply().ok();
    assert_eq!(run(), on("docker image inspect --format '{{.Id}}' piton.lab/page:2"));
    // Going back is going back to the image, and the lock, which did not, says so.
    rehearsal.piton(&["rollback", "one", "--lab", "--yes"]).ok();
    assert_eq!(run(), old);
    assert_eq!(rehearsal.planned("one"), ["stack apps"]);
    rehearsal.apply().ok();
}

/// What no registry says is a note, and `piton lock` ends with 1.
fn nobody_can_say(rehearsal: &Rehearsal, with: &dyn Fn(&str) -> String) {
    for (image, why) in [
        ("127.0.0.1:5001/page:1", "did not answer"),
        ("127.0.0.1:5000/page:elsewhere", "the image is for s390x"),
        ("127.0.0.1:5000/nothing:1", "manifest unknown"),
    ] {
        rehearsal.write(&with(image));
        let said = rehearsal.piton(&["plan", "--lab"]);
        let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(&format!("not pinned, by its name only: {image}")) && told.contains(why), "{told}");
        said.ok();
        rehearsal.piton(&["lock", "--lab"]).with_code(1);
    }
}
