-- A call can end with a question of the tool's; its answer is another call.
ALTER TABLE decision_outcomes DROP CONSTRAINT decision_outcomes_status_known;
ALTER TABLE decision_outcomes ADD CONSTRAINT decision_outcomes_status_known
  CHECK (status IN ('completed', 'tool_error', 'input_required', 'failed', 'not_delivered', 'unknown', 'issued'));
