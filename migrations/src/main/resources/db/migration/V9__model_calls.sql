-- What clients ask models for: one entry of the audit log a request to `/v1` or `/api`, with the
-- alias that was asked for, the provider that answered, and how it ended; SPEC §9.
--
-- `status` is the HTTP status that the client got; `micros` counts from the request's arrival to
-- the last byte of its answer. Bodies are kept redacted and cut, if at all.
ALTER TABLE audit_log ADD COLUMN method varchar;
ALTER TABLE audit_log ADD COLUMN path varchar;
ALTER TABLE audit_log ADD COLUMN model varchar;
ALTER TABLE audit_log ADD COLUMN provider varchar;
ALTER TABLE audit_log ADD COLUMN status bigint;
ALTER TABLE audit_log ADD COLUMN attempts bigint;
ALTER TABLE audit_log ADD COLUMN micros bigint;
ALTER TABLE audit_log ADD COLUMN input_tokens bigint;
ALTER TABLE audit_log ADD COLUMN output_tokens bigint;
ALTER TABLE audit_log ADD COLUMN request_body varchar;
ALTER TABLE audit_log ADD COLUMN answer_body varchar;

-- [jooq ignore start]
ALTER TABLE audit_log DROP CONSTRAINT audit_log_kind_known;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_kind_known
  CHECK (kind IN (
    'decision', 'outcome', 'authentication', 'admin', 'policy', 'execution', 'model_call'));
-- [jooq ignore stop]
