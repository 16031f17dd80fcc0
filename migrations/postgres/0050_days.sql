-- +goose Up
-- Figures of single days are read from the facts of these days alone, of which nothing but a tree tells PostgreSQL how near to each other they lie.
DROP INDEX IF EXISTS cube_facts_day_idx;
CREATE INDEX cube_facts_day_idx ON cube_facts (day);
-- By grade of evidence the ledger itself is asked about whoever had something corrected by a document.
CREATE INDEX ledger_entries_late_idx ON ledger_entries (effective_day) WHERE evidence = 'late_proof';
