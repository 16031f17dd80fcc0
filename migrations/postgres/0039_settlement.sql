-- +goose Up
-- Settlement of merchants (월 정산): what he was paid stands in a chained account of the merchant's own, against what he is owed.
-- Redeeming touches neither that account nor the tables below.
ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_kind_check;
ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_kind_check CHECK (kind IN ('volunteer_minutes', 'service_given', 'volunteer_points',
    'programme_points', 'points_issued', 'points_expired', 'points_donated', 'points_debt', 'merchant_points', 'merchant_paid'));
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_kind_check;
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('recognition', 'adjustment', 'correction', 'reversal', 'funding',
    'grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement', 'payment'));

-- Statements (정산서): what the ledger says of a merchant and month, frozen; each names the digest of the one before it.
CREATE TABLE settlements (
    id            uuid        NOT NULL,
    merchant_id   uuid        NOT NULL,
    number        integer     NOT NULL,
    month         date        NOT NULL,
    opening       bigint      NOT NULL,
    redeemed      bigint      NOT NULL,
    cancelled     bigint      NOT NULL,
    paid          bigint      NOT NULL,
    closing       bigint      NOT NULL,
    carried       bigint      NOT NULL,
    payable       bigint      NOT NULL,
    lines         integer     NOT NULL,
    prepared_at   timestamptz NOT NULL,
    prepared_by   uuid        NOT NULL,
    previous_hash text        NOT NULL,
    hash          text        NOT NULL,
    CONSTRAINT settlements_pkey PRIMARY KEY (id),
    CONSTRAINT settlements_merchant_id_month_key UNIQUE (merchant_id, month),
    CONSTRAINT settlements_merchant_id_number_key UNIQUE (merchant_id, number),
    CONSTRAINT settlements_month_check CHECK (EXTRACT(day FROM month) = 1),
    CONSTRAINT settlements_number_check CHECK (number > 0 AND lines > 0),
    CONSTRAINT settlements_parts_check CHECK (redeemed >= 0 AND cancelled >= 0 AND paid >= 0 AND carried <= 0),
    CONSTRAINT settlements_closing_check CHECK (closing = opening + redeemed - cancelled - paid),
    CONSTRAINT settlements_payable_check CHECK (payable = GREATEST(0, carried + redeemed - cancelled)),
    CONSTRAINT settlements_merchant_fkey FOREIGN KEY (merchant_id) REFERENCES merchants (id)
);
CREATE INDEX settlements_month_idx ON settlements (month, merchant_id);
CREATE TRIGGER settlements_append_only BEFORE UPDATE OR DELETE ON settlements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlements_no_truncate BEFORE TRUNCATE ON settlements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was posted in the month, line by line; an entry stands on one statement only.
CREATE TABLE settlement_lines (
    statement_id  uuid    NOT NULL,
    number        integer NOT NULL,
    entry_id      uuid    NOT NULL,
    kind          text    NOT NULL,
    day           date    NOT NULL,
    redemption_id uuid,
    points        bigint  NOT NULL,
    CONSTRAINT settlement_lines_pkey PRIMARY KEY (statement_id, number),
    CONSTRAINT settlement_lines_entry_id_key UNIQUE (entry_id),
    CONSTRAINT settlement_lines_kind_check CHECK (kind IN ('redemption', 'cancellation', 'payment') AND (points > 0) = (kind = 'redemption') AND points <> 0),
    CONSTRAINT settlement_lines_statement_fkey FOREIGN KEY (statement_id) REFERENCES settlements (id),
    CONSTRAINT settlement_lines_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE TRIGGER settlement_lines_append_only BEFORE UPDATE OR DELETE ON settlement_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_lines_no_truncate BEFORE TRUNCATE ON settlement_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What became of a statement. It stands where its last step led; it is paid by one step, with one entry.
CREATE TABLE settlement_steps (
    statement_id uuid        NOT NULL,
    number       integer     NOT NULL,
    state        text        NOT NULL,
    happened_at  timestamptz NOT NULL,
    account_id   uuid        NOT NULL,
    reason       text        NOT NULL,
    reference    text        NOT NULL,
    paid_on      date,
    entry_id     uuid,
    CONSTRAINT settlement_steps_pkey PRIMARY KEY (statement_id, number),
    CONSTRAINT settlement_steps_entry_id_key UNIQUE (entry_id),
    CONSTRAINT settlement_steps_state_check CHECK (state IN ('prepared', 'confirmed', 'disputed', 'answered', 'approved', 'paid')
        AND (number = 1) = (state = 'prepared')),
    CONSTRAINT settlement_steps_reason_check CHECK (state NOT IN ('disputed', 'answered') OR reason <> ''),
    CONSTRAINT settlement_steps_paid_check CHECK ((state = 'paid') = (entry_id IS NOT NULL) AND (state = 'paid') = (paid_on IS NOT NULL)
        AND (state = 'paid') = (reference <> '')),
    CONSTRAINT settlement_steps_statement_fkey FOREIGN KEY (statement_id) REFERENCES settlements (id),
    CONSTRAINT settlement_steps_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE UNIQUE INDEX settlement_steps_paid_key ON settlement_steps (statement_id) WHERE state = 'paid';
CREATE TRIGGER settlement_steps_append_only BEFORE UPDATE OR DELETE ON settlement_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlement_steps_no_truncate BEFORE TRUNCATE ON settlement_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
