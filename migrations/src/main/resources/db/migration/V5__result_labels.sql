-- What result rules did with what a tool returned: the rules that held, the tags they added, and
-- the version of the session's state under which the tags were stored (0 if none were). A result
-- that was withheld has the detail code RESULT_BLOCKED.
ALTER TABLE decision_outcomes
  ADD COLUMN labels_added varchar[] NOT NULL /* [jooq ignore start] */ DEFAULT '{}' /* [jooq ignore stop] */;
ALTER TABLE decision_outcomes
  ADD COLUMN rules varchar[] NOT NULL /* [jooq ignore start] */ DEFAULT '{}' /* [jooq ignore stop] */;
ALTER TABLE decision_outcomes
  ADD COLUMN session_version bigint NOT NULL DEFAULT 0;
