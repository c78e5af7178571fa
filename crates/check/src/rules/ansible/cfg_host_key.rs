use crate::rules::prelude::*;

rule! {
    /// Ansible is told to believe any host.
    ///
    /// Without host keys whoever answers at the address gets the playbook's secrets and, with `become`, its passwords. It
    /// is mostly written for the first run on a new host, and stays.
    ///
    /// ```ini ansible.cfg bad
    /// [defaults]
    /// host_key_checking = False
    /// ```
    ///
    /// ```ini ansible.cfg good
    /// [defaults]
    /// inventory = hosts.ini
    ///
    /// [ssh_connection]
    /// ssh_args = -o ControlMaster=auto -o StrictHostKeyChecking=accept-new
    /// ```
    ///
    /// `accept-new` believes a host once and notices when it is another one. An information: in a lab of throwaway
    /// machines it is right. Source: ansible-core 2.19.14, `ansible-config list`, HOST_KEY_CHECKING (default true);
    /// ssh_config(5), StrictHostKeyChecking; read 2026-11-28.
    RULE = "ansible-cfg-host-key-checking", Info, High, Look::File(&[Kind::AnsibleCfg], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let value = document.root().get("defaults").and_then(|defaults| defaults.get("host_key_checking"));
    if let Some(value) = value.filter(|value| value.truth() == Some(false)) {
        report
            .at(value, "whoever answers at a host's address is taken for it")
            .help("ssh_args with StrictHostKeyChecking=accept-new believes a host once");
    }
}
