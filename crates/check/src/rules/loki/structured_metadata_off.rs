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
    /// Told where the file or another one of the project shows OTLP. Source: Loki `pkg/validation/validate.go`
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
    });
    if here || sent {
        report.at(value, "logs that come by OTLP are refused").safe_fix("true", vec![Edit::replace(value, "true")]);
    }
}
