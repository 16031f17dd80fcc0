-- +goose Up
-- Knowledge: what was recorded when, so that January's report says in March what it said in January. Beside what may
-- change stands since when the row is known as it stands (recorded_at); what it was before is kept as known from
-- recorded_at up to, not including, until. Without recorded_at a person is known as he is since he was registered, a move since
-- its own day, and a region or figure of population ever since. The ledger needs none of this: entries carry posted_at and stay.
ALTER TABLE volunteers ADD COLUMN recorded_at datetime;
ALTER TABLE volunteers ADD COLUMN withdrawn_on date;
ALTER TABLE residences ADD COLUMN recorded_at datetime;
ALTER TABLE regions ADD COLUMN recorded_at datetime;
ALTER TABLE population_totals ADD COLUMN recorded_at datetime;
ALTER TABLE populations ADD COLUMN recorded_at datetime;

CREATE TABLE volunteers_before (
    volunteer_id  text        NOT NULL,
    recorded_at   datetime NOT NULL,
    until         datetime NOT NULL,
    birth_date    date        NOT NULL,
    sex           text        NOT NULL,
    region_code   text        NOT NULL,
    status        text        NOT NULL,
    registered_on date        NOT NULL,
    withdrawn_on  date,
    CONSTRAINT volunteers_before_pkey PRIMARY KEY (volunteer_id, until),
    CONSTRAINT volunteers_before_until_check CHECK (until > recorded_at),
    CONSTRAINT volunteers_before_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE TABLE residences_before (
    volunteer_id text        NOT NULL,
    since        date        NOT NULL,
    recorded_at  datetime,
    until        datetime NOT NULL,
    region_code  text        NOT NULL,
    CONSTRAINT residences_before_pkey PRIMARY KEY (volunteer_id, since, until),
    CONSTRAINT residences_before_until_check CHECK (until > recorded_at),
    CONSTRAINT residences_before_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE TABLE regions_before (
    code        text        NOT NULL,
    recorded_at datetime,
    until       datetime NOT NULL,
    name        text        NOT NULL,
    valid_from  date,
    valid_to    date,
    successor   text,
    CONSTRAINT regions_before_pkey PRIMARY KEY (code, until),
    CONSTRAINT regions_before_until_check CHECK (until > recorded_at),
    CONSTRAINT regions_before_code_fkey FOREIGN KEY (code) REFERENCES regions (code)
);
-- +goose StatementBegin
CREATE TRIGGER volunteers_before_append_only BEFORE UPDATE ON volunteers_before
BEGIN
    SELECT RAISE(ABORT, 'volunteers_before is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER volunteers_before_no_delete BEFORE DELETE ON volunteers_before
BEGIN
    SELECT RAISE(ABORT, 'volunteers_before is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER residences_before_append_only BEFORE UPDATE ON residences_before
BEGIN
    SELECT RAISE(ABORT, 'residences_before is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER residences_before_no_delete BEFORE DELETE ON residences_before
BEGIN
    SELECT RAISE(ABORT, 'residences_before is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER regions_before_append_only BEFORE UPDATE ON regions_before
BEGIN
    SELECT RAISE(ABORT, 'regions_before is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER regions_before_no_delete BEFORE DELETE ON regions_before
BEGIN
    SELECT RAISE(ABORT, 'regions_before is append-only');
END;
-- +goose StatementEnd

-- What was posted between two instants.
CREATE INDEX ledger_entries_posted_idx ON ledger_entries (posted_at);
