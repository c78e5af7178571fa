//! Services on a booted host with a real Docker engine: they come up, are replaced without whoever asks noticing, go back
//! when they are bad, and keep their data through all of it.
//!
//! One host for the whole story, since most of what it costs is the engine and the images. The two examples are rehearsed
//! whole in `examples.rs`.

use crate::rehearsal::{Rehearsal, Said, skipped};
use crate::{canaries, pins};

const SITE: &str = r#"
[site]
name = "stacks"

[docker]

[hosts.one]
address = "203.0.113.10"

[edge]
domain = "lab.localhost"

[networks.frontend]
subnet = "172.20.1.0/24"

[networks.backend]
subnet = "172.20.2.0/24"
internal = true

[networks.egress]
subnet = "172.20.4.0/24"

[services.postgresql]

[services.redis]

[services.caddy]

[services.litellm]
values.models = [{ name = "one", model = "openrouter/one", key = "openrouter_api_key" }]

# Nothing on the disk: a new one can run beside the old one.
[services.page]
is = "container"
domain = "page"
access = "public"
values = { image = "piton.lab/page:PAGE" }
override = { containers = { container = { health = { within = 15 } } } }

# With data: one after the other.
[services.notes]
is = "container"
domain = "notes"
access = "public"
values = { image = "piton.lab/page:NOTES", data = "/data" }
"#;

const EVERY_TAG: [&str; 4] = ["1", "2", "broken", "deaf"];

/// Asks a page over and over, as a browser would, until it is told to end; then says how that went.
const CLIENT: &str = r#"
import http.client, json, os, ssl, sys, time
name, address, out = sys.argv[1:]
trusting = ssl._create_unverified_context()
trusting.check_hostname = False
tally = {"asked": 0, "failed": 0, "longest": 0.0, "bodies": [], "first_failure": ""}
class Page(http.client.HTTPSConnection):
    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = trusting.wrap_socket(self.sock, server_hostname=name)
while not os.path.exists(out + ".end"):
    began = time.monotonic()
    tally["asked"] += 1
    try:
        page = Page(address, 443, timeout=60)
        page.request("GET", "/", headers={"Host": name})
        answer = page.getresponse()
        body = answer.read().decode().strip()
        if answer.status != 200:
            raise OSError(f"status {answer.status}")
        if body not in tally["bodies"]:
            tally["bodies"].append(body)
    except Exception as error:
        tally["failed"] += 1
        tally["first_failure"] = tally["first_failure"] or repr(error)
    finally:
        page.close()
    tally["longest"] = max(tally["longest"], time.monotonic() - began)
    if tally["asked"] == 3:
        open(out + ".begun", "w").close()
    time.sleep(0.02)
json.dump(tally, open(out, "w"))
"#;

struct Tally {
    asked: u64,
    failed: u64,
    bodies: Vec<String>,
    said: String,
}

struct Story {
    rehearsal: Rehearsal,
    page: &'static str,
    notes: &'static str,
}

impl Story {
    fn site(&self) -> String {
        SITE.replace("PAGE", self.page).replace("NOTES", self.notes) + "\n[lab]\nimage = \"debian-13\"\n"
    }

    fn apply(&self) -> Said {
        self.rehearsal.apply()
    }

    fn on(&self, line: &str) -> String {
        self.rehearsal.on("one", line).ok().trim().to_owned()
    }

    /// What stands in the compose file's containers, by name: image and health.
    fn image(&self, container: &str) -> String {
        self.on(&format!("docker inspect --format '{{{{.Config.Image}}}}' {container}"))
    }

    fn id(&self, container: &str) -> String {
        self.on(&format!("docker inspect --format '{{{{.Id}}}}' {container}"))
    }

    /// Everything that must outlive whatever happens to the programs.
    fn data(&self) -> String {
        self.on("docker exec postgresql psql -U postgres -d litellm -Atc 'select text from kept'; \
                 docker exec redis redis-cli --no-auth-warning get kept; sort -u /opt/stacks/apps/data/notes/kept")
    }

    /// Does something while a client asks a page without a pause.
    fn asked_meanwhile(&self, page: &str, doing: impl FnOnce()) -> Tally {
        let out = format!("/run/client-{page}");
        let address = self.rehearsal.address("one");
        self.on(&format!("rm -f {out} {out}.*"));
        self.on(&format!(
            "systemd-run -q --collect --unit=client-{page} python3 /run/client.py {page}.lab.localhost {address} {out}"
        ));
        self.on(&format!("timeout 60 sh -c 'until test -e {out}.begun; do sleep 0.1; done'"));
        doing();
        self.on(&format!("touch {out}.end; timeout 90 sh -c 'until test -s {out}; do sleep 0.1; done'"));
        let said = self.on(&format!("cat {out}"));
        eprintln!("{page}: {said}");
        let told: serde_json::Value = serde_json::from_str(&said).unwrap();
        let number = |name: &str| told[name].as_u64().unwrap();
        let bodies = serde_json::from_value(told["bodies"].clone()).unwrap();
        Tally { asked: number("asked"), failed: number("failed"), bodies, said }
    }
}

#[test]
fn services_come_up_are_replaced_go_back_and_keep_their_data() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(&SITE.replace("PAGE", "1").replace("NOTES", "1"), "debian-13");
    rehearsal.piton(&["lab", "images"]).ok();
    let tags = EVERY_TAG.map(|tag| format!("piton.lab/page:{tag}"));
    let words: Vec<&str> = ["lab", "images"].into_iter().chain(tags.iter().map(String::as_str)).collect();
    rehearsal.piton(&words).ok();
    let mut story = Story { rehearsal, page: "1", notes: "1" };

    canaries::watch(&story.rehearsal, "one");
    everything_comes_up(&story);
    a_good_version_replaces_the_old_one(&mut story);
    a_bad_version_leaves_the_old_one(&mut story);
    what_is_wrong_is_named(&mut story);
    pins::names_are_pinned(&story.rehearsal, &story.site());
    canaries::no_secret_is_seen(&story.rehearsal, &["one"]);
    what_leaves_keeps_its_data(&mut story);
}

fn everything_comes_up(story: &Story) {
    story.apply().ok();
    let unwell = story.on("docker ps --all --format '{{.Names}} {{.Status}}' | grep -v 'Up.*healthy' | grep -v -E '^(page|notes|caddy) Up' || true");
    assert_eq!(unwell, "");
    assert_eq!(story.rehearsal.planned("one"), Vec::<String>::new());
    assert!(story.apply().ok().contains("Nothing to do"));

    story.rehearsal.on("one", &format!("cat > /run/client.py <<'END'\n{CLIENT}\nEND")).ok();
    story.on("docker exec postgresql psql -U postgres -d litellm -qc \"create table kept (text text); insert into kept values ('in a table')\"");
    story.on("docker exec redis redis-cli --no-auth-warning set kept 'in a key'");
    story.on("echo 'in a file' > /opt/stacks/apps/data/notes/kept");
    assert_eq!(story.data(), KEPT);
}

const KEPT: &str = "in a table\nin a key\nin a file";

fn a_good_version_replaces_the_old_one(story: &mut Story) {
    for (page, how) in [("page", "answered before the old one stopped"), ("notes", "did not answer for")] {
        match page {
            "page" => story.page = "2",
            _ => story.notes = "2",
        }
        story.rehearsal.write(&story.site());
        let tally = story.asked_meanwhile(page, || {
            let said = story.apply();
            assert!(said.err.contains(how), "{}{}", said.out, said.err);
            said.ok();
        });
        assert_eq!(tally.failed, 0, "{}", tally.said);
        assert!(tally.asked > 20 && tally.bodies == ["1", "2"], "{}", tally.said);
        assert_eq!(story.rehearsal.planned("one"), Vec::<String>::new());
    }
    assert_eq!(story.data(), KEPT);
    // The last change, put back and made again: the version moves, the data does not.
    story.rehearsal.piton(&["rollback", "one", "--lab", "--yes"]).ok();
    assert_eq!((story.image("notes").as_str(), story.data().as_str()), ("piton.lab/page:1", KEPT));
    story.apply().ok();
    assert_eq!((story.image("notes").as_str(), story.data().as_str()), ("piton.lab/page:2", KEPT));
}

fn a_bad_version_leaves_the_old_one(story: &mut Story) {
    for (page, tag, words) in [
        ("page", "broken", "the setting `colour` is not known"),
        ("page", "deaf", "answers 503"),
        ("notes", "broken", "the setting `colour` is not known"),
    ] {
        let good = if page == "page" { &mut story.page } else { &mut story.notes };
        let before = std::mem::replace(good, tag);
        let id = story.id(page);
        story.rehearsal.write(&story.site());
        let tally = story.asked_meanwhile(page, || {
            let said = story.apply();
            assert_eq!(said.code, 5, "{}", said.out);
            let told = in_one_line(&said);
            for word in [page, words, "apply again"] {
                assert!(told.contains(word), "{word} is not in\n{told}");
            }
        });
        assert_eq!(tally.failed, 0, "{page} {tag}: {}", tally.said);
        assert_eq!(tally.bodies, ["2"], "{}", tally.said);
        assert_eq!(story.image(page), "piton.lab/page:2");
        if page == "page" {
            assert_eq!(story.id(page), id, "the old one was not even touched");
        }
        assert_eq!(story.on("docker ps --all --filter name=-next --quiet"), "");
        *(if page == "page" { &mut story.page } else { &mut story.notes }) = before;
        story.rehearsal.write(&story.site());
        assert_eq!(story.rehearsal.planned("one"), Vec::<String>::new());
    }
    assert_eq!(story.data(), KEPT);
}

/// All that was said, without the breaks of its lines.
fn in_one_line(said: &Said) -> String {
    format!("{} {}", said.out, said.err).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each service in turn: what breaks it, what the error must say, and what the service still has afterwards.
fn what_is_wrong_is_named(story: &mut Story) {
    let good = story.site();
    std::fs::write(story.rehearsal.path().join("wrong"), ":80 {\n\tanswer 200\n}\n").unwrap();
    for (line, broken, words) in [
        ("[services.caddy]", "[services.caddy]\ntemplates.Caddyfile = \"wrong\"", "unrecognized directive: answer"),
        ("[services.postgresql]", "[services.postgresql]\nvalues.shared_buffers = \"many\"", "shared_buffers"),
        ("[services.redis]", "[services.redis]\nvalues.maxmemory = \"lots\"", "maxmemory"),
        (
            "[services.litellm]",
            "[services.litellm]\noverride = { containers = { litellm = { command = [\"--config\", \"/nowhere\"] } } }",
            "/nowhere",
        ),
    ] {
        let name = line.trim_matches(['[', ']']).trim_start_matches("services.");
        story.rehearsal.write(&good.replace(line, broken));
        let said = story.apply();
        let told = in_one_line(&said);
        assert_eq!(said.code, 5, "{told}");
        for word in [name, words, "its last lines", "apply again"] {
            assert!(told.contains(word), "{name}: {word} is not in\n{told}");
        }
        story.rehearsal.write(&good);
        assert_eq!(story.rehearsal.planned("one"), Vec::<String>::new(), "{name} is back as it was");
    }
    // By hand, behind piton's back.
    for container in ["postgresql", "redis", "litellm", "page", "notes"] {
        story.on(&format!("docker kill {container}"));
    }
    assert_eq!(story.rehearsal.planned("one"), ["stack infra", "stack apps"]);
    story.apply().ok();
    story.on("docker rm -f litellm");
    assert_eq!(story.rehearsal.planned("one"), ["stack apps"]);
    story.apply().ok();
    assert_eq!(story.rehearsal.planned("one"), Vec::<String>::new());
    assert_eq!(story.data(), KEPT);
}

fn what_leaves_keeps_its_data(story: &mut Story) {
    let good = story.site();
    let (before, after) = good.split_once("# With data").unwrap();
    let without = format!("{before}\n[lab]{}", after.split_once("[lab]").unwrap().1);
    story.rehearsal.write(&without);
    story.apply().ok();
    assert_eq!(story.on("docker ps --all --quiet --filter name=notes"), "");
    assert_eq!(story.data(), KEPT);

    story.rehearsal.write(&good);
    story.apply().ok();
    story.rehearsal.write(&without);
    let said = story.rehearsal.piton(&["apply", "--lab", "--yes", "--destroy-data"]).ok();
    assert!(said.contains("IS DESTROYED") && said.contains("/opt/stacks/apps/data/notes"), "{said}");
    assert_eq!(story.on("test -e /opt/stacks/apps/data/notes || echo gone"), "gone");
    assert_eq!(
        story.on("docker exec postgresql psql -U postgres -d litellm -Atc 'select text from kept'"),
        "in a table"
    );
}
