use crate::rules::prelude::*;

rule! {
    /// Node may take more heap than the container may take memory.
    ///
    /// The kernel kills the process before Node's garbage collector feels a need to run.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    ///     environment: { NODE_OPTIONS: "--max-old-space-size=2048" }
    ///     mem_limit: 2g
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    ///     environment: { NODE_OPTIONS: "--max-old-space-size=1024" }
    ///     mem_limit: 2g
    /// ```
    ///
    /// Source: Node.js documentation on `--max-old-space-size` (the heap is not all of the memory).
    RULE = "compose-node-heap-vs-limit", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some((limited, limit)) = service.memory_limit() else { return };
    let option =
        service.variable("NODE_OPTIONS").and_then(|variable| Some((variable.place, variable.value.as_deref()?)));
    let words = ["command", "entrypoint"].into_iter().flat_map(|key| service.words(key));
    let size = |text: &str| text.split("--max-old-space-size=").nth(1)?.split_whitespace().next()?.parse::<u64>().ok();
    let heap = option.into_iter().chain(words).find_map(|(place, text)| Some((place, size(text)?)));
    if let Some((place, heap)) = heap.filter(|(_, heap)| heap.saturating_mul(1 << 20) >= limit) {
        report
            .at(place, format!("the heap may grow to {heap} MB, and the container may take {} MB", limit >> 20))
            .related(limited, "the limit");
    }
}
