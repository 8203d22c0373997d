-- Policies: every version that was ever applied, which version of each is in force, and which
-- policy decides for a customer.

-- A version is written once. `source` is the text as it was applied, which may hold several
-- policies; `document` is the same text as data, to be queried. What is in force is read from
-- `source`.
CREATE TABLE policy_versions (
  name varchar NOT NULL,
  version integer NOT NULL,
  digest varchar NOT NULL,
  source varchar NOT NULL,
  document jsonb NOT NULL,
  applied_at timestamptz NOT NULL,
  applied_by varchar NOT NULL,
  note varchar NOT NULL,
  CONSTRAINT policy_versions_pk PRIMARY KEY (name, version),
  CONSTRAINT policy_versions_version_from_1 CHECK (version >= 1),
  CONSTRAINT policy_versions_digest_sha256 CHECK (length(digest) = 64)
);

-- The heads: one row a policy, naming the version in force.
CREATE TABLE policies (
  name varchar NOT NULL PRIMARY KEY,
  version integer NOT NULL,
  CONSTRAINT policies_version_exists
    FOREIGN KEY (name, version) REFERENCES policy_versions (name, version)
);

-- Null: the policy named `default`. No reference: the policy may come from a file, and a name
-- without a policy permits nothing.
ALTER TABLE customers ADD COLUMN policy_name varchar;

-- [jooq ignore start]
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: its rows are written once', TG_OP, TG_TABLE_NAME;
END
$$;

CREATE TRIGGER policy_versions_written_once
  BEFORE UPDATE OR DELETE ON policy_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER policy_versions_not_truncated
  BEFORE TRUNCATE ON policy_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tells every instance, in the transaction that changes it, that a policy or who has which changed.
-- What changed is read from the tables, never from the payload.
CREATE FUNCTION notify_policies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('interceptor_policies', TG_TABLE_NAME);
  RETURN NULL;
END
$$;

CREATE TRIGGER policies_changed
  AFTER INSERT OR UPDATE OR DELETE ON policies
  FOR EACH ROW EXECUTE FUNCTION notify_policies_changed();

CREATE TRIGGER customers_policy_given
  AFTER INSERT ON customers
  FOR EACH ROW WHEN (NEW.policy_name IS NOT NULL) EXECUTE FUNCTION notify_policies_changed();

CREATE TRIGGER customers_policy_changed
  AFTER UPDATE OF policy_name ON customers
  FOR EACH ROW WHEN (OLD.policy_name IS DISTINCT FROM NEW.policy_name)
  EXECUTE FUNCTION notify_policies_changed();

CREATE TRIGGER customers_policy_taken
  AFTER DELETE ON customers
  FOR EACH ROW WHEN (OLD.policy_name IS NOT NULL) EXECUTE FUNCTION notify_policies_changed();
-- [jooq ignore stop]
