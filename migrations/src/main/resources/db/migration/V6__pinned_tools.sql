-- What each tool of each upstream is trusted to be. `digest` is the SHA-256 (lower-case hex) of
-- `definition`, the canonical text (RFC 8785) of the whole object that the upstream listed; null as
-- long as nothing is trusted. `pinned_by` is who approved it, null for what was pinned at first
-- sight.
-- `seen_…` is the last definition that differed from the pinned one: the first and the last time
-- that it was listed, not all of them. `listed_digest` is what the upstream listed last, since
-- `listed_at`; null if it no longer lists the tool.
CREATE TABLE tool_pins (
  upstream varchar NOT NULL,
  tool varchar NOT NULL,
  digest varchar,
  definition varchar,
  pinned_at timestamptz,
  pinned_by varchar,
  seen_digest varchar,
  seen_definition varchar,
  seen_first_at timestamptz,
  seen_last_at timestamptz,
  listed_digest varchar,
  listed_at timestamptz NOT NULL,
  CONSTRAINT tool_pins_pk PRIMARY KEY (upstream, tool),
  CONSTRAINT tool_pins_digest_sha256 CHECK (length(digest) = 64),
  CONSTRAINT tool_pins_pinned_whole
    CHECK ((digest IS NULL) = (definition IS NULL) AND (digest IS NULL) = (pinned_at IS NULL)),
  CONSTRAINT tool_pins_seen_whole
    CHECK ((seen_digest IS NULL) = (seen_definition IS NULL)
      AND (seen_digest IS NULL) = (seen_first_at IS NULL)
      AND (seen_digest IS NULL) = (seen_last_at IS NULL)),
  CONSTRAINT tool_pins_seen_differs CHECK (seen_digest <> digest)
);

-- Every definition that was ever trusted: since when, and by whose word. Filled by a trigger, so
-- that no change of a pin can do without.
CREATE TABLE tool_pin_history (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  upstream varchar NOT NULL,
  tool varchar NOT NULL,
  digest varchar NOT NULL,
  definition varchar NOT NULL,
  pinned_at timestamptz NOT NULL,
  pinned_by varchar
);

CREATE INDEX tool_pin_history_by_tool ON tool_pin_history (upstream, tool, seq);

-- [jooq ignore start]
CREATE FUNCTION keep_tool_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tool_pin_history (upstream, tool, digest, definition, pinned_at, pinned_by)
  VALUES (NEW.upstream, NEW.tool, NEW.digest, NEW.definition, NEW.pinned_at, NEW.pinned_by);
  RETURN NULL;
END
$$;

CREATE TRIGGER tool_pins_kept_when_new
  AFTER INSERT ON tool_pins
  FOR EACH ROW WHEN (NEW.digest IS NOT NULL) EXECUTE FUNCTION keep_tool_pin();

CREATE TRIGGER tool_pins_kept_when_changed
  AFTER UPDATE ON tool_pins
  FOR EACH ROW WHEN (NEW.digest IS NOT NULL
    AND (OLD.digest, OLD.pinned_by) IS DISTINCT FROM (NEW.digest, NEW.pinned_by))
  EXECUTE FUNCTION keep_tool_pin();

CREATE TRIGGER tool_pin_history_written_once
  BEFORE UPDATE OR DELETE ON tool_pin_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER tool_pin_history_not_truncated
  BEFORE TRUNCATE ON tool_pin_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tells every instance, in the transaction that changes it, that something else is trusted. What
-- upstreams list is not told: every instance sees that for itself.
CREATE FUNCTION notify_tool_pins_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('interceptor_tool_pins', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER tool_pins_new_or_gone
  AFTER INSERT OR DELETE ON tool_pins
  FOR EACH STATEMENT EXECUTE FUNCTION notify_tool_pins_changed();

CREATE TRIGGER tool_pins_changed
  AFTER UPDATE ON tool_pins
  FOR EACH ROW WHEN
    ((OLD.digest, OLD.pinned_by) IS DISTINCT FROM (NEW.digest, NEW.pinned_by))
  EXECUTE FUNCTION notify_tool_pins_changed();
-- [jooq ignore stop]
