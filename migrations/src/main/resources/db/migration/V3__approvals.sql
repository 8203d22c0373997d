-- Calls that a person has to approve first, and what the person said. A row's id is the decision id
-- of the call that asked for it. `args` is the canonical text of the arguments, kept only while the
-- row is open and only if it is short enough; docs/decisions has the reason.
CREATE TABLE approvals (
  id uuid NOT NULL PRIMARY KEY,
  customer_id varchar NOT NULL,
  session_id varchar NOT NULL,
  upstream varchar NOT NULL,
  tool varchar NOT NULL,
  args_digest varchar NOT NULL,
  args varchar,
  args_bytes integer NOT NULL,
  key_id varchar NOT NULL,
  classes varchar[] NOT NULL,
  labels varchar[] NOT NULL,
  rules varchar[] NOT NULL,
  message varchar,
  state varchar NOT NULL,
  requested_at timestamptz NOT NULL,
  last_asked_at timestamptz NOT NULL,
  times_asked bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by varchar,
  reason varchar,
  claimed_by uuid,
  CONSTRAINT approvals_state_known
    CHECK (state IN ('pending', 'approved', 'claimed', 'used', 'denied', 'expired')),
  CONSTRAINT approvals_args_only_while_open
    CHECK (args IS NULL OR state IN ('pending', 'approved', 'claimed'))
);

-- [jooq ignore start]
-- One open row a call, and the way to find it.
CREATE UNIQUE INDEX approvals_one_open
  ON approvals (customer_id, session_id, upstream, tool, args_digest)
  WHERE state IN ('pending', 'approved', 'claimed');

CREATE INDEX approvals_open_by_end ON approvals (expires_at)
  WHERE state IN ('pending', 'approved', 'claimed');
-- [jooq ignore stop]

CREATE INDEX approvals_by_age ON approvals (requested_at);

-- The approval that a permit used up.
ALTER TABLE decisions ADD COLUMN approval_id uuid;
