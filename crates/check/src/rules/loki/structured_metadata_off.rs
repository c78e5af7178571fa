use crate::rules::prelude::*;

rule! {
    /// Logs come by OTLP, and Loki is told to refuse what they carry.
    ///
    /// OTLP logs need structured metadata. With `allow_structured_metadata: false` every one of them is rejected.
    ///
    /// ```yaml loki.yaml bad
    /// schema_config: { configs: [] }
    /// limits_config: { allow_structured_metadata: false, otlp_config: { resource_attributes: { ignore_defaults: true } } }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config: { configs: [] }
    /// limits_config: { allow_structured_metadata: true }
    /// ```
    ///
    /// Told where the file or another one of the project shows OTLP. Fix: safe where every period has `tsdb` and v13, none where
    /// one has not: Loki does not start with that. Source: Loki `pkg/validation/validate.go`
    /// ("includes structured metadata, but this feature is disallowed"); read 2026-11-27.
    RULE = "loki-structured-metadata-off", Error, Medium, Look::File(&[Kind::Loki], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(value) =
        find(document, "limits_config.allow_structured_metadata").filter(|value| value.truth() == Some(false))
    else {
        return;
    };
    let here = find(document, "limits_config.otlp_config").is_some();
    let sent = project.documents.iter().any(|other| {
        matches!(other.kind, Kind::Yaml | Kind::Env | Kind::Compose)
            && other.folder().starts_with(document.folder())
            && other.text.contains("/otlp/v1/logs")
            // A comment sends nothing.
            && other.texts().any(|text| text.text().is_some_and(|text| text.contains("/otlp/v1/logs")))
    });
    if here || sent {
        let finding = report.at(value, "logs that come by OTLP are refused");
        let edits = vec![Edit::replace(value, "true")];
        match takes_metadata(document) {
            Some(true) => finding.safe_fix("true", edits),
            Some(false) => finding.help("true, once a period with store: tsdb and schema: v13 has begun"),
            None => finding.unsafe_fix("true", edits),
        };
    }
}

/// Whether every period is written in a way that has room for it, since Loki refuses to start where the one of today is not;
/// nothing where that is not in the file.
fn takes_metadata(document: &Document) -> Option<bool> {
    let mut periods = find(document, "schema_config.configs")?.items().peekable();
    periods.peek()?;
    let says = |period: Value, key: &str| period.get(key).and_then(Value::literal).map(str::to_owned);
    let fits = |period: Value| {
        let schema = says(period, "schema")?.trim_start_matches('v').parse::<u32>().ok()?;
        Some(schema >= 13 && says(period, "store")? == "tsdb")
    };
    let fits: Option<Vec<bool>> = periods.map(fits).collect();
    Some(fits?.into_iter().all(|fits| fits))
}
