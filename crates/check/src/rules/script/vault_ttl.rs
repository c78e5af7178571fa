use crate::rules::prelude::*;

rule! {
    /// A Vault token that lives for a year.
    ///
    /// Whoever finds it in a year has it still; or Vault cuts it to 32 days, where nobody has raised its limit, and the program
    /// fails when they are over. Short ones are renewed by whoever uses them.
    ///
    /// ```sh token.sh bad
    /// #!/bin/sh
    /// vault token create -policy=app -ttl=8760h
    /// ```
    ///
    /// ```sh token.sh good
    /// #!/bin/sh
    /// vault token create -policy=app -period=24h
    /// ```
    ///
    /// Source: Vault documentation, "Tokens" ("The system max TTL, which is 32 days but can be changed"; periodic tokens); read
    /// 2026-11-28.
    RULE = "script-vault-long-ttl", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project
        .commands(document)
        .iter()
        .filter(|command| command.program() == "vault" && command.has_run(&["token", "create"]))
    {
        let joined = command.words.iter().filter_map(|word| word.trim_start_matches('-').strip_prefix("ttl="));
        let parted =
            command.words.windows(2).filter(|pair| pair[0].trim_start_matches('-') == "ttl").map(|pair| pair[1]);
        let hours = joined.chain(parted).filter_map(|time| time.strip_suffix('h')?.parse::<u32>().ok()).max();
        if hours.is_some_and(|hours| hours > 24 * 32) {
            report
                .at((document, command.range.clone()), "whoever finds this token has it for long")
                .help("-period=24h, and renew it");
        }
    }
}
