//! What may be as well: values from before an assignment, and folders from before a `cd`, when it is not known whether
//! that came about (`[ -f x ] && y=z`, a branch, a loop, a `cd` that may fail).

use super::data::Data;
use std::collections::HashMap;

/// Not more of each are kept; the oldest are the most likely to be forgotten by whoever reads the text.
const MOST: usize = 4;

#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    pub(super) values: HashMap<String, Vec<Data>>,
    pub(super) folders: Vec<String>,
}

impl Others {
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.folders.is_empty()
    }

    /// A variable is about to be set. What it was is gone only when the assignment surely happens.
    pub(super) fn note_value(&mut self, name: &str, before: Option<&Data>, is_perhaps: bool) {
        match before {
            Some(before) if is_perhaps => {
                let values = self.values.entry(name.to_owned()).or_default();
                if values.len() < MOST && !values.contains(before) {
                    values.push(before.clone());
                }
            }
            _ if is_perhaps => {}
            _ => {
                self.values.remove(name);
            }
        }
    }

    /// The folder is about to be another one.
    pub(super) fn note_folder(&mut self, before: Option<&str>) {
        if let Some(before) = before.filter(|before| !self.folders.iter().any(|known| known == before))
            && self.folders.len() < MOST
        {
            self.folders.push(before.to_owned());
        }
    }
}
