-- The audit log: one table, one row an entry, in one order over all instances. It replaces
-- `decisions` and `decision_outcomes`, whose rows move in; SPEC §9.
--
-- `idx` counts from 0 without gaps. `leaf_hash` is the leaf hash of RFC 6962 over the row's
-- canonical form: RFC 8785, one member a column that is not null, without `idx` and `leaf_hash`.
-- The rows' order is their place in a Merkle tree, whose right edge is `audit_head`. A row says who
-- did what; which columns a kind uses is in docs/audit.md.
CREATE TABLE audit_log (
  idx bigint NOT NULL,
  leaf_hash bytea,
  at timestamptz NOT NULL,
  kind varchar NOT NULL,
  action varchar,
  actor varchar,
  approval_id uuid,
  args varchar,
  args_digest varchar,
  charges varchar[],
  classes varchar[],
  client_ip varchar,
  customer_id varchar,
  decision_id uuid,
  detail varchar,
  entry_point varchar,
  jti varchar,
  key_id varchar,
  labels_added varchar[],
  labels_before varchar[],
  labels_removed varchar[],
  outcome varchar,
  policy_digest varchar,
  reason varchar,
  request_id varchar,
  result_digest varchar,
  rules varchar[],
  session_id varchar,
  session_version bigint,
  target varchar,
  times bigint,
  tool varchar,
  tool_hash varchar,
  upstream varchar,
  upstream_micros bigint,
  CONSTRAINT audit_log_pk PRIMARY KEY (idx, at)
) /* [jooq ignore start] */ PARTITION BY RANGE (at) /* [jooq ignore stop] */;

-- Full tiles of 256 hashes, as in C2SP tlog-tiles: level 0 holds leaf hashes, level n the roots of
-- 256 tiles of level n - 1. They stay when the rows go.
CREATE TABLE audit_tiles (
  tile_level integer NOT NULL,
  tile_index bigint NOT NULL,
  hashes bytea NOT NULL,
  root bytea NOT NULL,
  CONSTRAINT audit_tiles_pk PRIMARY KEY (tile_level, tile_index)
);

-- One row: how many entries there are, and the roots of the perfect subtrees that they make,
-- largest first. Who appends holds its lock, as the last lock of the transaction.
CREATE TABLE audit_head (
  id integer NOT NULL PRIMARY KEY,
  size bigint NOT NULL,
  frontier bytea NOT NULL,
  CONSTRAINT audit_head_one_row CHECK (id = 1)
);

-- Signed checkpoints (C2SP tlog-checkpoint): what the log was when it had `size` entries.
CREATE TABLE audit_checkpoints (
  size bigint NOT NULL PRIMARY KEY,
  at timestamptz NOT NULL,
  note varchar NOT NULL
);

ALTER TABLE api_keys DROP CONSTRAINT api_keys_role_known;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_role_known
  CHECK (role IN ('agent', 'server', 'viewer', 'operator', 'admin'));

-- [jooq ignore start]
INSERT INTO audit_head (id, size, frontier) VALUES (1, 0, ''::bytea);

-- Rows whose month has no partition of its own are kept, too.
CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT;

CREATE INDEX audit_log_by_decision ON audit_log (decision_id) WHERE decision_id IS NOT NULL;

CREATE INDEX audit_log_by_session ON audit_log (customer_id, session_id, idx)
  WHERE kind = 'decision';

CREATE INDEX audit_log_by_jti ON audit_log (jti) WHERE jti IS NOT NULL;

CREATE INDEX audit_log_events ON audit_log (kind, idx) WHERE kind NOT IN ('decision', 'outcome');

ALTER TABLE audit_log ADD CONSTRAINT audit_log_kind_known
  CHECK (kind IN ('decision', 'outcome', 'authentication', 'admin', 'policy', 'execution'));

-- Makes a partition for each month from `first` on, `months` of them; those that are there stay.
-- Where rows of a month are already in the default partition, the month stays there.
CREATE FUNCTION audit_log_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  month date;
  made integer := 0;
BEGIN
  FOR i IN 0 .. months - 1 LOOP
    month := (date_trunc('month', first) + make_interval(months => i))::date;
    IF to_regclass(format('audit_log_%s', to_char(month, 'YYYY_MM'))) IS NULL THEN
      BEGIN
        EXECUTE format(
          'CREATE TABLE audit_log_%s PARTITION OF audit_log FOR VALUES FROM (%L) TO (%L)',
          to_char(month, 'YYYY_MM'),
          to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
          to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
        made := made + 1;
      EXCEPTION WHEN check_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
  RETURN made;
END
$$;

SELECT audit_log_partitions((now() AT TIME ZONE 'UTC')::date, 4);

-- The months of what moves in, so that a retention can let them go, too.
SELECT audit_log_partitions(month, 1)
FROM (
  SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date AS month FROM decisions
  UNION
  SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date FROM decision_outcomes
) months;

-- What was recorded before moves in without hashes; the first instance that opens the log computes
-- them, which it does only for a log that has none yet.
INSERT INTO audit_log (
  idx, at, kind, approval_id, args_digest, charges, classes, customer_id, decision_id, entry_point,
  key_id, labels_added, labels_before, labels_removed, outcome, policy_digest, reason, request_id,
  rules, session_id, session_version, tool, upstream, upstream_micros)
SELECT
  row_number() OVER (ORDER BY at, part, seq) - 1, at, kind, approval_id, args_digest, charges,
  classes, customer_id, decision_id, entry_point, key_id, labels_added, labels_before,
  labels_removed, outcome, policy_digest, reason, request_id, rules, session_id, session_version,
  tool, upstream, upstream_micros
FROM (
  SELECT
    0 AS part, seq, at, 'decision' AS kind, approval_id, args_digest,
    (SELECT array_agg(amount || ' ' || counter ORDER BY counter)
      FROM decision_charges c WHERE c.decision_id = d.decision_id) AS charges,
    nullif(classes, '{}') AS classes, customer_id, decision_id, entry_point, key_id,
    nullif(labels_added, '{}') AS labels_added, nullif(labels_before, '{}') AS labels_before,
    nullif(labels_removed, '{}') AS labels_removed, outcome, policy_digest, reason, request_id,
    nullif(rules, '{}') AS rules, session_id, session_version, tool, upstream, NULL::bigint AS upstream_micros
  FROM decisions d
  UNION ALL
  SELECT
    1, seq, at, 'outcome', NULL, NULL, NULL, NULL, NULL, decision_id, NULL, NULL,
    nullif(labels_added, '{}'), NULL, nullif(labels_removed, '{}'), status, NULL, detail_code, NULL,
    nullif(rules, '{}'), NULL, session_version, NULL, NULL, upstream_micros
  FROM decision_outcomes
) moved;
-- [jooq ignore stop]

DROP TABLE decision_outcomes;

-- With the reference of `decision_charges`, which is now an index of the column `charges`.
DROP TABLE decisions CASCADE;

-- [jooq ignore start]
CREATE TRIGGER audit_log_written_once
  BEFORE DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The one change there is: the hash of a row that moved in.
CREATE TRIGGER audit_log_not_changed
  BEFORE UPDATE ON audit_log
  FOR EACH ROW WHEN (OLD.leaf_hash IS NOT NULL)
  EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_log_not_truncated
  BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_tiles_written_once
  BEFORE UPDATE OR DELETE ON audit_tiles
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_checkpoints_written_once
  BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- [jooq ignore stop]
