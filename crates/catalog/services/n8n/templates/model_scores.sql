{% if values.model_scores %}
-- What each model did and how it was liked. n8n's workflow writes it, Grafana shows it.
SET ROLE "n8n";
CREATE TABLE IF NOT EXISTS model_scores (
  model text PRIMARY KEY,
  total_calls integer NOT NULL DEFAULT 0,
  successful_calls integer NOT NULL DEFAULT 0,
  failed_calls integer NOT NULL DEFAULT 0,
  total_tokens bigint NOT NULL DEFAULT 0,
  total_cost double precision NOT NULL DEFAULT 0,
  total_latency_ms double precision NOT NULL DEFAULT 0,
  likes integer NOT NULL DEFAULT 0,
  dislikes integer NOT NULL DEFAULT 0,
  score integer NOT NULL DEFAULT 50,
  avg_cost_per_call double precision NOT NULL DEFAULT 0,
  avg_latency_ms double precision NOT NULL DEFAULT 0,
  source text,
  first_seen timestamptz NOT NULL DEFAULT now(),
  last_updated timestamptz NOT NULL DEFAULT now()
);

-- score = like ratio * 40 + success rate * 30 + cost efficiency * 20 + speed * 10. Who has no votes or calls yet gets the
-- middle. A call of 5 cents is not cheap at all, one of 30 seconds not fast at all.
-- Every branch is numeric: round() takes no double precision, and a CASE of two types is the wider one.
CREATE OR REPLACE FUNCTION model_score(scored model_scores) RETURNS integer LANGUAGE sql STABLE AS $score$
  SELECT round(
      40 * CASE WHEN scored.likes + scored.dislikes > 0
             THEN scored.likes::numeric / (scored.likes + scored.dislikes)::numeric ELSE 0.5::numeric END
    + 30 * CASE WHEN scored.total_calls > 0
             THEN scored.successful_calls::numeric / scored.total_calls::numeric ELSE 0.5::numeric END
    + 20 * CASE WHEN scored.total_calls > 0
             THEN greatest(0::numeric, 1::numeric - scored.avg_cost_per_call::numeric / 0.05::numeric) ELSE 0.5::numeric END
    + 10 * CASE WHEN scored.total_calls > 0
             THEN greatest(0::numeric, 1::numeric - scored.avg_latency_ms::numeric / 30000::numeric) ELSE 0.5::numeric END
  )::integer
$score$;
{% else %}
SELECT 1;
{% endif %}
