use crate::rules::prelude::*;

rule! {
    /// CI runs whatever is newest on somebody's branch.
    ///
    /// `uses: owner/action@main` is another program tomorrow, with the job's token and secrets. A tag is better, a commit is
    /// sure.
    ///
    /// ```yaml .github/workflows/deploy.yml bad
    /// on: push
    /// jobs:
    ///   deploy:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: acme/deploy@main
    /// ```
    ///
    /// ```yaml .github/workflows/deploy.yml good
    /// on: push
    /// jobs:
    ///   deploy:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: acme/deploy@v2.1.0
    /// ```
    ///
    /// The idea is zizmor's `unpinned-uses`. Source: CodeQL's `actions/unpinned-tag` ("Pinning an action to a full length
    /// commit SHA is currently the only way to use a non-immutable action as an immutable release"); read 2026-11-28.
    RULE = "ci-action-branch", Warning, High, Look::File(&[Kind::Workflow], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // The workflows of what was copied in are run by nobody.
    let is_of_root = |file: &Document| file.path.starts_with(".github/") || file.path.starts_with(".forgejo/");
    if !is_of_root(document) && project.documents.iter().any(is_of_root) {
        return;
    }
    for uses in document.maps().filter_map(|map| map.get("uses")) {
        let Some((name, at)) = uses.literal().and_then(|text| text.rsplit_once('@')) else { continue };
        // A workflow of this very repository: whoever changes it can change this file, too.
        let own = name.splitn(3, '/').nth(2).is_some_and(|path| {
            path.starts_with(".github/workflows/") && project.documents.iter().any(|file| file.path.ends_with(path))
        });
        if !own && !name.starts_with('.') && matches!(at, "main" | "master" | "HEAD" | "develop" | "dev" | "latest") {
            report.at(uses, format!("`{at}` is another program tomorrow")).help("a tag, or a commit");
        }
    }
}
