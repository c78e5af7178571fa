use crate::rules::prelude::*;

rule! {
    /// Alertmanager is given a variable that it does not expand.
    ///
    /// It takes `${TELEGRAM_TOKEN}` letter by letter: the file loads, and each message is refused where it goes. In the
    /// place of a URL or a number the file does not load at all. Secrets come from files: `api_url_file`, `bot_token_file`.
    ///
    /// ```yaml alertmanager.yml bad
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, telegram_configs: [{ bot_token: "${TELEGRAM_TOKEN}", chat_id: 1 }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, telegram_configs: [{ bot_token_file: /run/secrets/telegram, chat_id: 1 }] }]
    /// ```
    ///
    /// A file that `envsubst` fills first is not what Alertmanager reads: silence the rule there. Tried with amtool 0.25.0
    /// and 0.33.1, 2026-11-28: a token is a SUCCESS, a webhook's or Slack's URL is "unsupported scheme "" for URL", a
    /// chat_id "cannot unmarshal". Source: prometheus/alertmanager issue 966 and pull request 2533 (turned down); read
    /// 2026-11-28.
    RULE = "am-env-not-expanded", Warning, Medium, Look::File(&[Kind::Alertmanager], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for value in document.texts() {
        let Some(text) = value.text() else { continue };
        let braced = text.split_once("${").and_then(|(_, rest)| rest.split_once('}')).map(|(name, _)| name);
        // Without braces it is one only where nothing else is there: `$` is a sign of its templates, too.
        let variable = braced.or_else(|| text.strip_prefix('$'));
        if let Some(name) = variable.filter(|name| {
            name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
                && !name.is_empty()
        }) {
            // Asked only now: it looks through all files.
            if report.findings.is_empty() && is_substituted(project, document) {
                return;
            }
            report.at(value, format!("Alertmanager does not expand ${{{name}}}: it is taken letter by letter")).help(
                match file_form(document, value) {
                    Some(key) => format!("{key}: PATH reads it from a file"),
                    None => "let something fill the file in first, envsubst for one".to_owned(),
                },
            );
        }
    }
}

/// Keys that have a twin which names a file.
const FROM_FILES: [&str; 17] = [
    "api_key",
    "api_url",
    "auth_password",
    "bot_token",
    "credentials",
    "opsgenie_api_key",
    "password",
    "routing_key",
    "service_key",
    "slack_api_url",
    "smtp_auth_password",
    "token",
    "url",
    "user_key",
    "victorops_api_key",
    "webhook_url",
    "bearer_token",
];

/// The key's name for a file, where Alertmanager has one.
fn file_form(document: &Document, value: Value) -> Option<String> {
    let start = document.text[..value.range().start].rfind('\n').map_or(0, |newline| newline + 1);
    let before = document.text[start..value.range().start].trim_end_matches([' ', ':']);
    let key = before.rsplit([' ', '{', ',', '-']).next()?.trim_matches('"');
    FROM_FILES.contains(&key).then(|| format!("{key}_file"))
}
