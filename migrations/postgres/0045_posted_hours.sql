-- +goose Up
-- Entries of minutes in the order of posting. Points are left out: nobody asks for theirs that way.
DROP INDEX ledger_entries_posted_idx;
CREATE INDEX ledger_entries_posted_idx ON ledger_entries (posted_at, effective_day) WHERE kind IN ('recognition', 'adjustment', 'correction', 'reversal');

-- What was posted in each hour, by the day on which it happened. All hours up to the last one here are added up; those after it
-- are read from the ledger itself.
CREATE TABLE posted_hours (
    hour          timestamptz NOT NULL,
    effective_day date        NOT NULL,
    entries       integer     NOT NULL,
    minutes       bigint      NOT NULL,
    visits        integer     NOT NULL,
    CONSTRAINT posted_hours_pkey PRIMARY KEY (hour, effective_day),
    CONSTRAINT posted_hours_entries_check CHECK (entries > 0)
);
