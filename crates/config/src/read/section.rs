//! Files of sections: systemd units, fail2ban jails, WireGuard, ansible.cfg.
//!
//! A section becomes a map under its name, in the order of the file; what is written twice stays
//! twice, since `[Peer]` and `ExecStartPre=` may be. A deeper line goes on with the value above it.

use super::Fault;
use super::tree::{Data, Id, Tree};

/// A section that is still being filled: its name, where it begins, and its entries.
type Open = (Id, usize, Vec<(Id, Id)>);

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut sections: Vec<(Id, Id)> = Vec::new();
    let mut open: Option<Open> = None;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let body = line.trim();
        let at = start + line.len() - line.trim_start().len();
        if let Some(name) = body.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name) {
            close(&mut tree, &mut sections, open.take(), start);
            open = Some((tree.add_written(at + 1..at + 1 + name.len()), at, Vec::new()));
        } else if !body.is_empty() && !body.starts_with(['#', ';']) {
            let entries = open.get_or_insert_with(|| (tree.add_written(0..0), 0, Vec::new()));
            let separator = body.find(['=', ':']).filter(|_| !line.starts_with([' ', '\t']) || entries.2.is_empty());
            match separator {
                Some(sign) => {
                    let key = tree.add_written(at..at + body[..sign].trim_end().len());
                    let value = body[sign + 1..].trim_start();
                    let value_at = at + body.len() - value.len();
                    let value = value.trim_end();
                    entries.2.push((key, tree.add_written(value_at..value_at + value.len())));
                }
                None => lengthen(&mut tree, text, &entries.2, at + body.len()),
            }
        }
        start += whole.len();
    }
    close(&mut tree, &mut sections, open, text.len());
    let root = tree.add(Data::Map(sections), 0..text.len());
    tree.roots.push(root);
    (tree, Vec::new())
}

/// A line that goes on: the value above reaches to its end.
fn lengthen(tree: &mut Tree, text: &str, entries: &[(Id, Id)], end: usize) {
    if let Some((_, value)) = entries.last() {
        tree.extend_to(*value, end.min(text.len()));
    }
}

fn close(tree: &mut Tree, sections: &mut Vec<(Id, Id)>, open: Option<Open>, end: usize) {
    if let Some((name, start, entries)) = open {
        let map = tree.add(Data::Map(entries), start..end);
        sections.push((name, map));
    }
}
