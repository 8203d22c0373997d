-- Customers, their API keys, and the decision log.
-- Texts are varchar without a length: what text is in PostgreSQL, in a form that jOOQ can index too.

CREATE TABLE customers (
  id varchar NOT NULL PRIMARY KEY,
  name varchar NOT NULL,
  created_at timestamptz NOT NULL
);

-- A key is stored as the SHA-256 (lower-case hex) of its whole text, never as the key itself.
CREATE TABLE api_keys (
  id varchar NOT NULL PRIMARY KEY,
  customer_id varchar NOT NULL REFERENCES customers (id),
  secret_hash varchar NOT NULL,
  role varchar NOT NULL,
  label varchar NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  CONSTRAINT api_keys_secret_hash_unique UNIQUE (secret_hash),
  CONSTRAINT api_keys_role_known CHECK (role IN ('agent', 'viewer', 'operator', 'admin'))
);

CREATE INDEX api_keys_by_customer ON api_keys (customer_id, created_at);

-- One row a decision. No reference to api_keys: a row outlives the key that asked.
CREATE TABLE decisions (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  decision_id uuid NOT NULL,
  request_id varchar NOT NULL,
  at timestamptz NOT NULL,
  entry_point varchar NOT NULL,
  customer_id varchar NOT NULL,
  key_id varchar NOT NULL,
  session_id varchar NOT NULL,
  upstream varchar NOT NULL,
  tool varchar NOT NULL,
  classes varchar[] NOT NULL,
  args_digest varchar NOT NULL,
  outcome varchar NOT NULL,
  reason varchar,
  rules varchar[] NOT NULL,
  labels_before varchar[] NOT NULL,
  labels_added varchar[] NOT NULL,
  labels_removed varchar[] NOT NULL,
  policy_digest varchar NOT NULL,
  session_version bigint NOT NULL,
  CONSTRAINT decisions_decision_id_unique UNIQUE (decision_id),
  CONSTRAINT decisions_outcome_known CHECK (outcome IN ('permit', 'deny'))
);

CREATE INDEX decisions_by_session ON decisions (customer_id, session_id, seq);

-- What became of a permitted call: a second row, written when it is known.
CREATE TABLE decision_outcomes (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  decision_id uuid NOT NULL,
  at timestamptz NOT NULL,
  status varchar NOT NULL,
  detail_code varchar,
  labels_removed varchar[] NOT NULL,
  upstream_micros bigint NOT NULL,
  CONSTRAINT decision_outcomes_status_known
    CHECK (status IN ('completed', 'tool_error', 'failed', 'not_delivered', 'unknown', 'issued'))
);

CREATE INDEX decision_outcomes_by_decision ON decision_outcomes (decision_id);

-- [jooq ignore start]
-- Tells every instance that a key changed, in the transaction that changes it. The payload is the
-- key's public id.
CREATE FUNCTION notify_key_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('interceptor_keys', OLD.id);
    RETURN OLD;
  END IF;
  PERFORM pg_notify('interceptor_keys', NEW.id);
  RETURN NEW;
END
$$;

CREATE TRIGGER api_keys_changed
  AFTER INSERT OR DELETE OR UPDATE OF customer_id, secret_hash, role, expires_at, revoked_at
  ON api_keys
  FOR EACH ROW EXECUTE FUNCTION notify_key_changed();
-- [jooq ignore stop]
