//! Where a command runs: this machine, another host, a container, a namespace.
//!
//! Every hop (`ssh`, `docker exec`, `nsenter`) makes a new place from the one before it.

/// How far a command reaches from where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The host itself.
    Host,
    /// A container or a network namespace that lives on.
    Container,
    /// A container or a namespace that is made for this command and thrown away.
    Fresh,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub reach: Reach,
    /// The other host, as it was named; none on this machine.
    pub host: Option<String>,
    /// The hops, in words.
    pub way: Vec<String>,
    pub is_root: bool,
}

impl Place {
    /// This machine.
    pub(crate) fn here() -> Place {
        Place { reach: Reach::Host, host: None, way: Vec::new(), is_root: false }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.way.is_empty()
    }

    pub(crate) fn on_host(&self, name: &str) -> Place {
        let name = crate::shown(name);
        let bare = name.rsplit('@').next().unwrap_or(&name).to_owned();
        let mut way = self.way.clone();
        way.push(format!("host {bare}"));
        // From inside of a throwaway container one gets out to a real host.
        Place { reach: Reach::Host, host: Some(bare), way, is_root: name.starts_with("root@") }
    }

    pub(crate) fn in_container(&self, name: &str) -> Place {
        let mut way = self.way.clone();
        way.push(format!("container {}", crate::shown(name)));
        let reach = if self.reach == Reach::Fresh { Reach::Fresh } else { Reach::Container };
        Place { reach, way, ..self.clone() }
    }

    pub(crate) fn in_namespace(&self, name: &str) -> Place {
        let mut way = self.way.clone();
        way.push(format!("namespace {}", crate::shown(name)));
        let reach = if self.reach == Reach::Fresh { Reach::Fresh } else { Reach::Container };
        Place { reach, way, ..self.clone() }
    }

    pub(crate) fn in_fresh(&self) -> Place {
        let mut way = self.way.clone();
        way.push("throwaway".to_owned());
        Place { reach: Reach::Fresh, way, ..self.clone() }
    }

    pub(crate) fn as_root(&self) -> Place {
        Place { is_root: true, ..self.clone() }
    }
}
