//! Templates are masked before they are read: what is Jinja becomes blanks or a word of the same length.
//!
//! Every byte keeps its place, so ranges stay true. What depends on a template is known by
//! [`super::Document::is_templated`], and a rule stays silent about it.

use super::Syntax;
use std::ops::Range;

/// Whether the file must go through a template engine before its program sees it.
pub(super) fn is_template(path: &str, text: &str, syntax: Syntax) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let by_name =
        [".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".gotmpl", ".template"].iter().any(|end| name.ends_with(end));
    // In YAML, `{{` inside of a value is Ansible's, and the file is YAML all the same.
    let by_content = || text.lines().any(|line| line.trim_start().starts_with("{%"));
    by_name || (syntax == Syntax::Yaml && by_content())
}

/// Blanks out `{# #}` and `{% %}` and puts a word in place of `{{ }}`.
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
}
