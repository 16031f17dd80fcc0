-- +goose Up
-- Knowledge: what was recorded when, so that January's report says in March what it said in January. Beside what may
-- change stands since when the row is known as it stands (recorded_at); what it was before is kept as known from
-- recorded_at up to, not including, until. Without recorded_at a person is known as he is since he was registered, a move since
-- its own day, and a region or figure of population ever since. The ledger needs none of this: entries carry posted_at and stay.
ALTER TABLE volunteers ADD COLUMN recorded_at timestamptz;
ALTER TABLE volunteers ADD COLUMN withdrawn_on date;
ALTER TABLE residences ADD COLUMN recorded_at timestamptz;
ALTER TABLE regions ADD COLUMN recorded_at timestamptz;
ALTER TABLE population_totals ADD COLUMN recorded_at timestamptz;
ALTER TABLE populations ADD COLUMN recorded_at timestamptz;

CREATE TABLE volunteers_before (
    volunteer_id  uuid        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    until         timestamptz NOT NULL,
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
    volunteer_id uuid        NOT NULL,
    since        date        NOT NULL,
    recorded_at  timestamptz,
    until        timestamptz NOT NULL,
    region_code  text        NOT NULL,
    CONSTRAINT residences_before_pkey PRIMARY KEY (volunteer_id, since, until),
    CONSTRAINT residences_before_until_check CHECK (until > recorded_at),
    CONSTRAINT residences_before_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE TABLE regions_before (
    code        text        NOT NULL,
    recorded_at timestamptz,
    until       timestamptz NOT NULL,
    name        text        NOT NULL,
    valid_from  date,
    valid_to    date,
    successor   text,
    CONSTRAINT regions_before_pkey PRIMARY KEY (code, until),
    CONSTRAINT regions_before_until_check CHECK (until > recorded_at),
    CONSTRAINT regions_before_code_fkey FOREIGN KEY (code) REFERENCES regions (code)
);
CREATE TRIGGER volunteers_before_append_only BEFORE UPDATE OR DELETE ON volunteers_before FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER volunteers_before_no_truncate BEFORE TRUNCATE ON volunteers_before FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER residences_before_append_only BEFORE UPDATE OR DELETE ON residences_before FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER residences_before_no_truncate BEFORE TRUNCATE ON residences_before FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER regions_before_append_only BEFORE UPDATE OR DELETE ON regions_before FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER regions_before_no_truncate BEFORE TRUNCATE ON regions_before FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was posted between two instants. Entries come in the order of time, so a few bytes for each stretch of the table do.
CREATE INDEX ledger_entries_posted_idx ON ledger_entries USING brin (posted_at);
