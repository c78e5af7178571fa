use crate::rules::prelude::*;

use crate::rules::sshd::keyword;

rule! {
    /// Ssh is to listen on a port that the firewall does not let in.
    ///
    /// Whoever reloads ssh then has the connection that is open, and never another one.
    ///
    /// ```sshd host/sshd_config bad
    /// Port 2222
    /// ```
    ///
    /// ```ufw host/ufw/user.rules bad
    /// *filter
    /// -A ufw-user-input -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```sshd host/sshd_config good
    /// Port 2222
    /// ```
    ///
    /// ```ufw host/ufw/user.rules good
    /// *filter
    /// -A ufw-user-input -p tcp --dport 2222 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Compared are files of one folder's tree, where there is one sshd_config and one set of rules that accepts some port of
    /// its own. Fix: add the rule first, then reload ssh.
    /// Evidence: the files themselves contradict each other; nothing else has to be known.
    RULE = "sshd-port-not-in-firewall", Error, Medium, Look::Project(check)
}

fn check(project: &Project, report: &mut Report) {
    for sshd in project.of_kind(Kind::Sshd).filter(|file| file.file_name() == "sshd_config") {
        let Some(top) = super::host_folder(sshd) else { continue };
        let near = |file: &&Document| file.path.starts_with(&top) && !file.file_name().contains('6');
        let filters: Vec<&Document> = [Kind::Ufw, Kind::Iptables]
            .iter()
            .flat_map(|kind| project.of_kind(*kind))
            .filter(near)
            .filter(|file| accepts(file).next().is_some())
            .collect();
        let [filter] = filters.as_slice() else { continue };
        // A rule for a range, a list or any port may well take it in.
        // What is not named is let in all the same, unless the policy drops; ufw's does.
        let lets_in = filter.kind == Kind::Iptables && !filter.text.contains(":INPUT DROP");
        let open = lets_in || filter.text.contains("multiport") || filter.root().lines().any(|line| accepts_all(line));
        let ports: Vec<(Value, Value)> = keyword(sshd, "port").collect();
        for (_, port) in ports {
            let Some(number) = port.literal().filter(|_| !open) else { continue };
            if !accepts(filter).any(|accepted| accepted == number || accepted.contains(':')) {
                report
                    .at(port, format!("the firewall does not let {number} in: after a reload nobody gets in any more"))
                    .related((*filter, 0..0), "these are its rules");
            }
        }
    }
}

/// The ports that a filter's rules for what comes in accept.
fn accepts(document: &Document) -> impl Iterator<Item = &str> {
    document.root().lines().filter_map(|line| {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let chain = matches!(words.get(1), Some(&"ufw-user-input" | &"INPUT"));
        let accept = words
            .windows(2)
            .any(|pair| pair[0] == "-j" && (pair[1] == "ACCEPT" || pair[1].starts_with("ufw-user-limit")));
        let port = words.windows(2).find(|pair| matches!(pair[0], "--dport" | "--dports")).map(|pair| pair[1]);
        port.filter(|_| chain && accept)
    })
}

/// A rule that lets in without asking for a port, but for those that every filter has.
fn accepts_all(line: Value) -> bool {
    let words: Vec<&str> = line.words().filter_map(Value::text).collect();
    let chain = words.first() == Some(&"-A") && matches!(words.get(1), Some(&"ufw-user-input" | &"INPUT"));
    let accept = words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]);
    let narrowed =
        ["--dport", "--dports", "lo", "RELATED,ESTABLISHED", "ESTABLISHED,RELATED", "icmp", "--ctstate", "--state"]
            .iter()
            .any(|word| words.contains(word));
    chain && accept && !narrowed
}
