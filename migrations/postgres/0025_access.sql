-- +goose Up
-- From where an act was done: the client's address, empty for jobs and the console.
ALTER TABLE audit_events ADD COLUMN address text NOT NULL DEFAULT '';
CREATE INDEX audit_events_happened_idx ON audit_events (happened_at, id);
CREATE INDEX audit_events_account_idx ON audit_events (account_id, happened_at);

-- Looks (조회 기록): who was shown a list with a person's data, counted by day and address. Acts, and looks at a whole
-- record, are audit events.
CREATE TABLE accesses (
    id           uuid        NOT NULL,
    volunteer_id uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    action       text        NOT NULL,
    day          date        NOT NULL,
    address      text        NOT NULL,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    times        integer     NOT NULL,
    CONSTRAINT accesses_pkey PRIMARY KEY (id),
    CONSTRAINT accesses_volunteer_account_action_day_address_key UNIQUE (volunteer_id, account_id, action, day, address),
    CONSTRAINT accesses_times_check CHECK (times > 0),
    CONSTRAINT accesses_last_check CHECK (last_at >= first_at)
);
CREATE INDEX accesses_volunteer_idx ON accesses (volunteer_id, first_at);
CREATE TRIGGER accesses_no_delete BEFORE DELETE ON accesses FOR EACH ROW EXECUTE FUNCTION refuse_change();
