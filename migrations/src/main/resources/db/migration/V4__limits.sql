-- What permitted calls used up of limits: one row a decision and counter, written in the decision's
-- own transaction. A counter's name holds the limit's key and, for a period, its beginning.
CREATE TABLE decision_charges (
  decision_id uuid NOT NULL REFERENCES decisions (decision_id),
  customer_id varchar NOT NULL,
  counter varchar NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (decision_id, counter),
  CONSTRAINT decision_charges_amount_not_negative CHECK (amount >= 0)
);

CREATE INDEX decision_charges_by_counter ON decision_charges (customer_id, counter);
