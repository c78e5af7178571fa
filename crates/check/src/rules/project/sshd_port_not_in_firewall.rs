use crate::rules::prelude::*;

use crate::filter::Filter;
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
    /// Compared are files of one folder's tree, where there is one sshd_config and one set of rules that accepts some port
    /// of its own: ufw's, iptables-save, nftables, or a script that gives ufw its rules. Fix: add the rule first, then
    /// reload ssh. Tried with iptables in a network namespace, 2026-11-28: with 22 let in and the rest dropped, a
    /// connection to another port on which something listens times out.
    RULE = "sshd-port-not-in-firewall", Error, Medium, Look::Project(check)
}

fn check(project: &Project, report: &mut Report) {
    let is_main = |file: &&Document| file.file_name() == "sshd_config";
    let is_one_host = project.of_kind(Kind::Sshd).filter(is_main).nth(1).is_none();
    for sshd in project.of_kind(Kind::Sshd).filter(|file| is_main(file) || file.folder().ends_with("sshd_config.d")) {
        let top = super::host_folder(sshd).or_else(|| is_one_host.then(String::new));
        let Some(top) = top else { continue };
        let near = |file: &&Document| file.path.starts_with(&top) && !file.file_name().contains('6');
        let filters: Vec<Filter> = [Kind::Ufw, Kind::Iptables, Kind::Nftables, Kind::Shell]
            .iter()
            .flat_map(|kind| project.of_kind(*kind))
            .filter(near)
            .filter_map(|file| Filter::read(project, file))
            .collect();
        let [filter] = filters.as_slice() else { continue };
        for (_, port) in keyword(sshd, "port") {
            let Some(number) = port.literal().filter(|number| !filter.lets_in(number)) else { continue };
            report
                .at(port, format!("the firewall does not let {number} in: after a reload nobody gets in any more"))
                .related((filter.document, 0..0), "these are its rules");
        }
    }
}
