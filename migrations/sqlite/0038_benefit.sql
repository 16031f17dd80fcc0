-- +goose Up
-- Benefits that are money or things. A holding of mileage brings points for recognised minutes: accrued is the last entry of
-- the account of minutes that was counted, paid_to the last day where the programme pays on days of its own. A holding of a
-- voucher knows which one it is.
ALTER TABLE holdings ADD COLUMN accrued integer NOT NULL DEFAULT 0 CONSTRAINT holdings_accrued_integer CHECK (typeof(accrued) = 'integer');
ALTER TABLE holdings ADD COLUMN paid_to date;
ALTER TABLE holdings ADD COLUMN voucher_id text CONSTRAINT holdings_voucher_fkey REFERENCES vouchers (id);
CREATE UNIQUE INDEX holdings_voucher_key ON holdings (voucher_id) WHERE voucher_id IS NOT NULL;
CREATE INDEX holdings_mileage_idx ON holdings (programme_id, volunteer_id) WHERE benefit = 'mileage';

-- What a programme's budget of points was brought to by its terms: of a calendar year, or (year 0) of the whole programme.
CREATE TABLE programme_funds (
    programme_id text    NOT NULL,
    year         integer NOT NULL,
    number       integer NOT NULL,
    points       integer NOT NULL,
    entry_id     text,
    CONSTRAINT programme_funds_pkey PRIMARY KEY (programme_id, year, number),
    CONSTRAINT programme_funds_entry_id_key UNIQUE (entry_id),
    CONSTRAINT programme_funds_points_check CHECK (points > 0),
    CONSTRAINT programme_funds_version_fkey FOREIGN KEY (programme_id, number) REFERENCES programme_versions (programme_id, number),
    CONSTRAINT programme_funds_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT programme_funds_year_integer CHECK (typeof(year) = 'integer'),
    CONSTRAINT programme_funds_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT programme_funds_points_integer CHECK (typeof(points) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER programme_funds_append_only BEFORE UPDATE ON programme_funds
BEGIN
    SELECT RAISE(ABORT, 'programme_funds is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER programme_funds_no_delete BEFORE DELETE ON programme_funds
BEGIN
    SELECT RAISE(ABORT, 'programme_funds is append-only');
END;
-- +goose StatementEnd

-- Some points may be given to a cause, others not.
ALTER TABLE point_lots ADD COLUMN donatable boolean NOT NULL DEFAULT true;

-- Whoever granted something for minutes knows by the sequence of the account how far he has looked; a mark on the decrease
-- itself could be one reader's alone. A presence that counted no minutes takes a visit with it.
DROP INDEX ledger_decreases_open_idx;
ALTER TABLE ledger_decreases DROP COLUMN reviewed_at;
INSERT INTO ledger_decreases (entry_id, volunteer_id, posted_at)
    SELECT e.id, e.volunteer_id, e.posted_at FROM ledger_entries e WHERE e.visits < 0
        AND NOT EXISTS (SELECT 1 FROM ledger_decreases d WHERE d.entry_id = e.id);
CREATE INDEX ledger_decreases_volunteer_idx ON ledger_decreases (volunteer_id);
-- +goose StatementBegin
CREATE TRIGGER ledger_decreases_append_only BEFORE UPDATE ON ledger_decreases
BEGIN
    SELECT RAISE(ABORT, 'ledger_decreases is append-only');
END;
-- +goose StatementEnd
