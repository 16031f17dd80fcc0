-- +goose Up
-- Settlement of merchants (월 정산): what he was paid stands in a chained account of the merchant's own, against what he is owed.
-- Redeeming touches neither that account nor the tables below. A check of SQLite changes with its table only: both tables are
-- made anew, as for points.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE ledger_accounts_aside AS SELECT * FROM ledger_accounts;
CREATE TABLE ledger_entries_aside AS SELECT * FROM ledger_entries;
DROP TABLE ledger_entries;
DROP TABLE ledger_accounts;
CREATE TABLE ledger_accounts (
    id             text    NOT NULL,
    kind           text    NOT NULL,
    owner_id       text    NOT NULL,
    unit           text    NOT NULL,
    balance        integer  NOT NULL,
    sequence       integer  NOT NULL,
    head           text    NOT NULL,
    last_posted_at datetime,
    CONSTRAINT ledger_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_accounts_owner_id_kind_key UNIQUE (owner_id, kind),
    CONSTRAINT ledger_accounts_kind_check CHECK (kind IN ('volunteer_minutes', 'service_given', 'volunteer_points',
        'programme_points', 'points_issued', 'points_expired', 'points_donated', 'points_debt', 'merchant_points', 'merchant_paid')),
    CONSTRAINT ledger_accounts_unit_check CHECK (unit IN ('minute', 'point')),
    CONSTRAINT ledger_accounts_balance_check CHECK (balance >= 0),
    CONSTRAINT ledger_accounts_balance_integer CHECK (typeof(balance) = 'integer'),
    CONSTRAINT ledger_accounts_sequence_integer CHECK (typeof(sequence) = 'integer')
);
CREATE TABLE ledger_entries (
    id             text        NOT NULL,
    account_id     text        NOT NULL,
    sequence       integer      NOT NULL,
    kind           text        NOT NULL,
    volunteer_id   text        NOT NULL,
    source_type    text        NOT NULL,
    source_id      text        NOT NULL,
    effective_day  date        NOT NULL,
    posted_at      datetime NOT NULL,
    visits         integer     NOT NULL,
    worked_minutes integer     NOT NULL,
    reductions     text        NOT NULL,
    field_code     text        NOT NULL,
    evidence       text        NOT NULL,
    rule_version   integer     NOT NULL,
    actor_id       text        NOT NULL,
    reason         text        NOT NULL,
    previous_hash  text        NOT NULL,
    hash           text        NOT NULL,
    CONSTRAINT ledger_entries_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_entries_account_id_sequence_key UNIQUE (account_id, sequence),
    CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('recognition', 'adjustment', 'correction', 'reversal', 'funding',
        'grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement', 'payment')),
    CONSTRAINT ledger_entries_visits_check CHECK (visits BETWEEN -1 AND 1),
    CONSTRAINT ledger_entries_worked_check CHECK (worked_minutes >= 0),
    CONSTRAINT ledger_entries_account_fkey FOREIGN KEY (account_id) REFERENCES ledger_accounts (id),
    CONSTRAINT ledger_entries_sequence_integer CHECK (typeof(sequence) = 'integer'),
    CONSTRAINT ledger_entries_visits_integer CHECK (typeof(visits) = 'integer'),
    CONSTRAINT ledger_entries_worked_minutes_integer CHECK (typeof(worked_minutes) = 'integer'),
    CONSTRAINT ledger_entries_rule_version_integer CHECK (typeof(rule_version) = 'integer')
);
INSERT INTO ledger_accounts SELECT * FROM ledger_accounts_aside;
INSERT INTO ledger_entries SELECT * FROM ledger_entries_aside;
DROP TABLE ledger_accounts_aside;
DROP TABLE ledger_entries_aside;
CREATE INDEX ledger_entries_source_idx ON ledger_entries (source_id);
CREATE INDEX ledger_entries_day_account_idx ON ledger_entries (effective_day, account_id);
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger_entries is append-only');
END;
-- +goose StatementEnd

-- Statements (정산서): what the ledger says of a merchant and month, frozen; each names the digest of the one before it.
CREATE TABLE settlements (
    id            text        NOT NULL,
    merchant_id   text        NOT NULL,
    number        integer     NOT NULL,
    month         date        NOT NULL,
    opening       integer     NOT NULL,
    redeemed      integer     NOT NULL,
    cancelled     integer     NOT NULL,
    paid          integer     NOT NULL,
    closing       integer     NOT NULL,
    carried       integer     NOT NULL,
    payable       integer     NOT NULL,
    lines         integer     NOT NULL,
    prepared_at   datetime NOT NULL,
    prepared_by   text        NOT NULL,
    previous_hash text        NOT NULL,
    hash          text        NOT NULL,
    CONSTRAINT settlements_pkey PRIMARY KEY (id),
    CONSTRAINT settlements_merchant_id_month_key UNIQUE (merchant_id, month),
    CONSTRAINT settlements_merchant_id_number_key UNIQUE (merchant_id, number),
    CONSTRAINT settlements_month_check CHECK (strftime('%d', month) = '01'),
    CONSTRAINT settlements_number_check CHECK (number > 0 AND lines > 0),
    CONSTRAINT settlements_parts_check CHECK (redeemed >= 0 AND cancelled >= 0 AND paid >= 0 AND carried <= 0),
    CONSTRAINT settlements_closing_check CHECK (closing = opening + redeemed - cancelled - paid),
    CONSTRAINT settlements_payable_check CHECK (payable = max(0, carried + redeemed - cancelled)),
    CONSTRAINT settlements_merchant_fkey FOREIGN KEY (merchant_id) REFERENCES merchants (id),
    CONSTRAINT settlements_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT settlements_opening_integer CHECK (typeof(opening) = 'integer'),
    CONSTRAINT settlements_redeemed_integer CHECK (typeof(redeemed) = 'integer'),
    CONSTRAINT settlements_cancelled_integer CHECK (typeof(cancelled) = 'integer'),
    CONSTRAINT settlements_paid_integer CHECK (typeof(paid) = 'integer'),
    CONSTRAINT settlements_closing_integer CHECK (typeof(closing) = 'integer'),
    CONSTRAINT settlements_carried_integer CHECK (typeof(carried) = 'integer'),
    CONSTRAINT settlements_payable_integer CHECK (typeof(payable) = 'integer'),
    CONSTRAINT settlements_lines_integer CHECK (typeof(lines) = 'integer')
);
CREATE INDEX settlements_month_idx ON settlements (month, merchant_id);
-- +goose StatementBegin
CREATE TRIGGER settlements_append_only BEFORE UPDATE ON settlements
BEGIN
    SELECT RAISE(ABORT, 'settlements is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlements_no_delete BEFORE DELETE ON settlements
BEGIN
    SELECT RAISE(ABORT, 'settlements is append-only');
END;
-- +goose StatementEnd

-- What was posted in the month, line by line; an entry stands on one statement only.
CREATE TABLE settlement_lines (
    statement_id  text    NOT NULL,
    number        integer NOT NULL,
    entry_id      text    NOT NULL,
    kind          text    NOT NULL,
    day           date    NOT NULL,
    redemption_id text,
    points        integer NOT NULL,
    CONSTRAINT settlement_lines_pkey PRIMARY KEY (statement_id, number),
    CONSTRAINT settlement_lines_entry_id_key UNIQUE (entry_id),
    CONSTRAINT settlement_lines_kind_check CHECK (kind IN ('redemption', 'cancellation', 'payment') AND (points > 0) = (kind = 'redemption') AND points <> 0),
    CONSTRAINT settlement_lines_statement_fkey FOREIGN KEY (statement_id) REFERENCES settlements (id),
    CONSTRAINT settlement_lines_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT settlement_lines_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT settlement_lines_points_integer CHECK (typeof(points) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER settlement_lines_append_only BEFORE UPDATE ON settlement_lines
BEGIN
    SELECT RAISE(ABORT, 'settlement_lines is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_lines_no_delete BEFORE DELETE ON settlement_lines
BEGIN
    SELECT RAISE(ABORT, 'settlement_lines is append-only');
END;
-- +goose StatementEnd

-- What became of a statement. It stands where its last step led; it is paid by one step, with one entry.
CREATE TABLE settlement_steps (
    statement_id text        NOT NULL,
    number       integer     NOT NULL,
    state        text        NOT NULL,
    happened_at  datetime NOT NULL,
    account_id   text        NOT NULL,
    reason       text        NOT NULL,
    reference    text        NOT NULL,
    paid_on      date,
    entry_id     text,
    CONSTRAINT settlement_steps_pkey PRIMARY KEY (statement_id, number),
    CONSTRAINT settlement_steps_entry_id_key UNIQUE (entry_id),
    CONSTRAINT settlement_steps_state_check CHECK (state IN ('prepared', 'confirmed', 'disputed', 'answered', 'approved', 'paid')
        AND (number = 1) = (state = 'prepared')),
    CONSTRAINT settlement_steps_reason_check CHECK (state NOT IN ('disputed', 'answered') OR reason <> ''),
    CONSTRAINT settlement_steps_paid_check CHECK ((state = 'paid') = (entry_id IS NOT NULL) AND (state = 'paid') = (paid_on IS NOT NULL)
        AND (state = 'paid') = (reference <> '')),
    CONSTRAINT settlement_steps_statement_fkey FOREIGN KEY (statement_id) REFERENCES settlements (id),
    CONSTRAINT settlement_steps_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT settlement_steps_number_integer CHECK (typeof(number) = 'integer')
);
CREATE UNIQUE INDEX settlement_steps_paid_key ON settlement_steps (statement_id) WHERE state = 'paid';
-- +goose StatementBegin
CREATE TRIGGER settlement_steps_append_only BEFORE UPDATE ON settlement_steps
BEGIN
    SELECT RAISE(ABORT, 'settlement_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_steps_no_delete BEFORE DELETE ON settlement_steps
BEGIN
    SELECT RAISE(ABORT, 'settlement_steps is append-only');
END;
-- +goose StatementEnd
