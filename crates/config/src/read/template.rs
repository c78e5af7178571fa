//! Templates are masked before they are read: what is Jinja or Go's becomes blanks or a word of the same length.
//!
//! Every byte keeps its place, so ranges stay true. What depends on a template is known by
//! [`super::Document::is_templated`], and a rule stays silent about it.
//!
//! Some say by their name that they are templates, some by a block of Jinja. Charts of Helm, what lies in a role's
//! `templates` and files that a program fills in by itself say nothing: there it is asked only where a file does not
//! read as it is. What is encrypted as a whole is a template of one hole.

use super::Syntax;
use std::ops::Range;

/// Whether the file must go through a template engine before its program sees it.
pub(super) fn is_template(path: &str, text: &str, syntax: Syntax) -> bool {
    // In YAML, `{{` inside of a value is Ansible's, and the file is YAML all the same.
    let by_content = || text.contains("{%") && text.lines().any(|line| line.trim_start().starts_with("{%"));
    is_named(path) || (syntax == Syntax::Yaml && by_content())
}

/// Whether a file says by its name that it is one.
pub(super) fn is_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    NAMES.iter().any(|end| name.ends_with(end))
        || [".tpl.", ".tmpl.", ".template."].iter().any(|part| name.contains(part))
}

/// The ends of their names: Jinja, Go, Terraform, Consul, Ruby, Puppet, Mustache, envsubst.
const NAMES: [&str; 14] = [
    ".j2",
    ".jinja",
    ".jinja2",
    ".tmpl",
    ".tpl",
    ".gotmpl",
    ".template",
    ".tftpl",
    ".ctmpl",
    ".erb",
    ".epp",
    ".mustache",
    ".hbs",
    ".envsubst",
];

/// What begins a hole in Jinja and Go, Ruby, Terraform.
const SIGNS: [&str; 5] = ["{{", "{%", "<%", "%{", "${"];

/// Whether a file that does not read as it is must be one, or is encrypted: by its place and what begins its lines.
/// Deeper in, `{{` may begin a line of a text that some program fills in after it has read the file.
pub(super) fn is_filled_in(path: &str, text: &str) -> bool {
    let is_placed = || path.split('/').rev().skip(1).any(|folder| folder == "templates");
    is_sealed(text)
        || (is_placed() && SIGNS.iter().any(|sign| text.contains(sign)))
        || text.lines().any(|line| ["{{", "{%", "<%"].iter().any(|sign| line.starts_with(sign)))
        || (text.contains("<%") && text.contains("%>"))
        || ["{{#", "{{/", "{{^"].iter().any(|block| text.contains(block))
        || ["%{ if ", "%{ for ", "%{ endif", "%{ endfor", "%{~"].iter().any(|sign| text.contains(sign))
}

/// Whether the file, or each of its values, is encrypted: by Ansible's vault, by SOPS, or kept by 1Password; or taken out of a
/// history that was made public. What SOPS writes is JSON where it does not know the ending, whatever that is.
pub(super) fn is_sealed(text: &str) -> bool {
    ["$ANSIBLE_VAULT;", "op://", "***REMOVED***"].iter().any(|start| text.trim_start().starts_with(start))
        || text.contains("ENC[AES256_GCM,")
}

/// What Go's templates write behind their braces, and Ansible's values do not.
const ACTIONS: [&str; 20] = [
    "-",
    ".",
    "/*",
    "$",
    " .",
    " $",
    " if ",
    " else",
    " end",
    " range ",
    " with ",
    " include ",
    " template ",
    " define ",
    " block ",
    " env \"",
    "env \"",
    " toYaml ",
    " op://",
    " secret \"",
];

/// Folders in which Ansible reads YAML by itself: a value there that begins with `{{` must be quoted.
const ANSIBLE: [&str; 8] =
    ["tasks", "handlers", "vars", "defaults", "group_vars", "host_vars", "playbooks", "inventory"];

/// Whether Go's templates, or what works like them, have a say in a file that does not read as it is.
pub(super) fn has_actions(path: &str, text: &str) -> bool {
    // It does not read JSON so: what lies there is handed to somebody who fills it in.
    let is_ansible = !path.ends_with(".json")
        && (path.split('/').rev().skip(1).any(|folder| ANSIBLE.contains(&folder)) || text.contains("hosts:"));
    let is_action = |(at, _): (usize, &str)| ACTIONS.iter().any(|action| text[at + 2..].starts_with(action));
    // A value in quotes is text to whoever reads the file, as in Alertmanager's; `${{ … }}` is a workflow's own.
    let is_bare = |at: usize| {
        let before = text.as_bytes()[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        before.is_none_or(|byte| b"\n:-[,{}".contains(byte))
    };
    // `"a.{{ env "KEY" }}"` is one value only to whoever fills it in first.
    let ends_its_quotes = |at: usize| {
        let hole = text[at..].split("}}").next().unwrap_or_default();
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        !hole.contains('\n') && hole.contains('"') && text[line..at].matches('"').count() % 2 == 1
    };
    text.match_indices("{{")
        .any(|found| (is_bare(found.0) || ends_its_quotes(found.0)) && (!is_ansible || is_action(found)))
}

/// Whether the line of a place, or the one above, has a hole that somebody fills in before the file is read:
/// `${NAME}`, `@NAME@`, `<%= name %>`, `__NAME__`, or a line that begins with `{{`.
pub(super) fn is_hole(text: &str, at: usize) -> bool {
    let Some(before) = text.get(..at) else { return false };
    let this = before.rfind('\n').map_or(0, |newline| newline + 1);
    let above = text[..this.saturating_sub(1)].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline);
    let Some(lines) = text.get(above..end) else { return false };
    if lines.lines().any(|line| line.trim_start().starts_with("{{")) {
        return true;
    }
    let mut words = lines.split(|letter: char| letter.is_whitespace() || ",:=\"'[]".contains(letter));
    words.any(|word| {
        let framed = |sign: &str| {
            let name = word.strip_prefix(sign).and_then(|rest| rest.strip_suffix(sign)).unwrap_or_default();
            name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        };
        word.starts_with("${") && !word.starts_with("${{")
            || word.starts_with("<%")
            || framed("@")
            || framed("__")
            || framed("%%")
    })
}

/// Blanks out `{# #}` and `{% %}`, and `{{ }}` that has its lines to itself; elsewhere puts a word in its place.
pub(super) fn mask(text: &str) -> (String, Vec<Range<usize>>) {
    let mut masked = text.as_bytes().to_vec();
    let mut holes = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('{').map(|offset| at + offset) {
        let (close, filler) = match text.as_bytes().get(found + 1) {
            Some(b'{') => ("}}", b'x'),
            Some(b'%') => ("%}", b' '),
            Some(b'#') => ("#}", b' '),
            _ => {
                at = found + 1;
                continue;
            }
        };
        let Some(end) = text[found + 2..].find(close).map(|offset| found + 2 + offset + 2) else {
            at = found + 2;
            continue;
        };
        let filler = if has_lines(text, &(found..end)) { b' ' } else { filler };
        for byte in &mut masked[found..end] {
            if *byte != b'\n' && *byte != b'\r' {
                *byte = filler;
            }
        }
        holes.push(found..end);
        at = end;
    }
    (String::from_utf8(masked).unwrap_or_else(|_| text.to_owned()), holes)
}

/// Whether nothing else stands on the lines of a range.
fn has_lines(text: &str, range: &Range<usize>) -> bool {
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline);
    text[start..range.start].trim().is_empty() && text[range.end..end].trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_keeps_its_length_and_its_lines() {
        let text = "{% if x %}\nport: {{ p }}\n{% endif %}{# n\nm #}\u{fc} {{ open";
        let (masked, holes) = mask(text);
        assert_eq!(masked, "          \nport: xxxxxxx\n               \n    \u{fc} {{ open");
        assert_eq!(holes.len(), 4);
    }

    #[test]
    fn a_value_alone_on_its_lines_is_no_line_of_the_file() {
        let text = "a:\n  {{- toYaml .x |\n     nindent 2 }}\nb: {{ .y }}";
        let blank = " ".repeat(17);
        assert_eq!(mask(text).0, format!("a:\n{blank}\n{blank}\nb: xxxxxxxx"));
    }

    #[test]
    fn what_somebody_fills_in_is_known_by_its_place_and_its_lines() {
        assert!(is_filled_in("roles/a/templates/compose.yml", "a:\n  - {{ folder }}:/data\n"));
        assert!(is_filled_in("chart/templates/sub/a.yaml", "a: 1\n{{- if .Values.a }}\n"));
        assert!(is_filled_in("a/b.yml", "{{ range .Sites }}\n- {{ . }}\n{{ end }}\n"));
        assert!(is_filled_in("etc/a.yml", "a: 'x<%= v 'a.b' %>'\n"));
        assert!(is_filled_in("zot.json", "{ \"a\": [1]%{ if auth ~}, \"b\": 2%{ endif ~} }"));
        assert!(is_filled_in("files/a.json", "$ANSIBLE_VAULT;1.1;AES256\n3162\n"));
        assert!(is_filled_in("ops.json", "op://Docker/Default/ops.json\n"));
        assert!(is_filled_in("a.sops.toml", "{ \"data\": \"ENC[AES256_GCM,data:x,type:str]\", \"sops\": {} }\n"));
        assert!(!is_filled_in("roles/a/templates/compose.yml", "a: [\n"));
        assert!(!is_filled_in("alertmanager.yml", "a: 'b'c\ntext: |\n  {{ range .Alerts }}\n"));
    }

    #[test]
    fn ansible_values_are_no_actions() {
        let values = "a: {{ name }}\nb: \"{{ lookup('env', 'HOME') }}\"\n";
        assert!(!has_actions("roles/a/tasks/main.yml", values));
        assert!(has_actions("stack/compose.yaml", values));
        assert!(!has_actions("alertmanager.yml", "a: '{{ .Status }}'\nb: \"x {{ .Labels.a }}\"\n"));
        assert!(!has_actions(".github/workflows/a.yml", "env: { A: ${{ secrets.A }} }\n"));
        assert!(has_actions("tasks/a.yml", "a: {{ .Values.name | quote }}\n"));
    }

    #[test]
    fn holes_are_seen_on_the_line_and_above() {
        let text = "port = 1\nhost = ${HOST}\n\nlist:\n@CIDRS@\nx: __init__\n";
        let at = |word: &str| text.find(word).unwrap();
        assert!(is_hole(text, at("host")) && is_hole(text, at("@CIDRS")) && is_hole(text, at("x: ")));
        assert!(!is_hole(text, at("port")) && !is_hole(text, at("list")));
        assert!(is_hole("a:\n  - b\n  {{- if .c }}\n", 11));
        assert!(!is_hole("a: ${{ github.sha }}\n", 2));
    }
}
