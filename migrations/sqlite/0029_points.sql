-- +goose Up
-- Points (마일리지): money on the ledger's own tables, in the same chains and under the same guards. Minutes and points never
-- meet in one entry. A check of SQLite changes with its table only: both tables are set aside, made anew under their names and
-- filled again, some seconds for a million entries. References wait until the end of the transaction, which fails if one is lost.
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
        'programme_points', 'points_issued', 'points_expired', 'points_donated', 'points_debt', 'merchant_points')),
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
        'grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement')),
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

-- Of accounts that only stand against others the postings are summed. Those of minutes are left out: a check-out pays nothing.
CREATE INDEX ledger_postings_counter_idx ON ledger_postings (account_id, entry_id)
    WHERE line > 1 AND account_id <> '00000000-0000-7000-8000-000000000001';

-- Where points come from, and where they go when they expire.
INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) VALUES
    ('00000000-0000-7000-8000-000000000002', 'points_issued',  '00000000-0000-0000-0000-000000000000', 'point', 0, 0, ''),
    ('00000000-0000-7000-8000-000000000003', 'points_expired', '00000000-0000-0000-0000-000000000000', 'point', 0, 0, '');

-- Entries that took minutes away: whoever granted something for those minutes looks at the person again.
CREATE TABLE ledger_decreases (
    entry_id     text        NOT NULL,
    volunteer_id text        NOT NULL,
    posted_at    datetime NOT NULL,
    reviewed_at  datetime,
    CONSTRAINT ledger_decreases_pkey PRIMARY KEY (entry_id),
    CONSTRAINT ledger_decreases_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX ledger_decreases_open_idx ON ledger_decreases (volunteer_id) WHERE reviewed_at IS NULL;
-- +goose StatementBegin
CREATE TRIGGER ledger_decreases_no_delete BEFORE DELETE ON ledger_decreases
BEGIN
    SELECT RAISE(ABORT, 'ledger_decreases is append-only');
END;
-- +goose StatementEnd

-- Lots: points of one grant, which expire together. What is left of a lot is the sum of its moves.
CREATE TABLE point_lots (
    id           text    NOT NULL,
    volunteer_id text    NOT NULL,
    programme_id text    NOT NULL,
    entry_id     text    NOT NULL,
    year         integer NOT NULL,
    granted      integer  NOT NULL,
    remaining    integer  NOT NULL,
    expires_on   date,
    CONSTRAINT point_lots_pkey PRIMARY KEY (id),
    CONSTRAINT point_lots_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_lots_granted_check CHECK (granted > 0),
    CONSTRAINT point_lots_remaining_check CHECK (remaining BETWEEN 0 AND granted),
    CONSTRAINT point_lots_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT point_lots_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT point_lots_year_integer CHECK (typeof(year) = 'integer'),
    CONSTRAINT point_lots_granted_integer CHECK (typeof(granted) = 'integer'),
    CONSTRAINT point_lots_remaining_integer CHECK (typeof(remaining) = 'integer')
);
CREATE INDEX point_lots_volunteer_programme_idx ON point_lots (volunteer_id, programme_id, year);
CREATE INDEX point_lots_programme_idx ON point_lots (programme_id);
CREATE INDEX point_lots_held_idx ON point_lots (volunteer_id) WHERE remaining > 0;
CREATE INDEX point_lots_expiry_idx ON point_lots (expires_on) WHERE remaining > 0;
-- +goose StatementBegin
CREATE TRIGGER point_lots_no_delete BEFORE DELETE ON point_lots
BEGIN
    SELECT RAISE(ABORT, 'point_lots is append-only');
END;
-- +goose StatementEnd

CREATE TABLE point_moves (
    lot_id   text   NOT NULL,
    entry_id text   NOT NULL,
    kind     text   NOT NULL,
    amount   integer NOT NULL,
    CONSTRAINT point_moves_pkey PRIMARY KEY (entry_id, lot_id),
    CONSTRAINT point_moves_kind_check CHECK (kind IN ('grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement')),
    CONSTRAINT point_moves_amount_check CHECK ((amount > 0) = (kind IN ('grant', 'cancellation')) AND amount <> 0),
    CONSTRAINT point_moves_lot_fkey FOREIGN KEY (lot_id) REFERENCES point_lots (id),
    CONSTRAINT point_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT point_moves_amount_integer CHECK (typeof(amount) = 'integer')
);
CREATE INDEX point_moves_lot_idx ON point_moves (lot_id);
-- +goose StatementBegin
CREATE TRIGGER point_moves_append_only BEFORE UPDATE ON point_moves
BEGIN
    SELECT RAISE(ABORT, 'point_moves is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER point_moves_no_delete BEFORE DELETE ON point_moves
BEGIN
    SELECT RAISE(ABORT, 'point_moves is append-only');
END;
-- +goose StatementEnd

-- What a programme asked back: taken from what was held, owed from now on, or forgiven because it had expired unused.
CREATE TABLE point_take_backs (
    entry_id     text    NOT NULL,
    volunteer_id text    NOT NULL,
    programme_id text    NOT NULL,
    year         integer NOT NULL,
    asked        integer  NOT NULL,
    taken        integer  NOT NULL,
    owed         integer  NOT NULL,
    forgiven     integer  NOT NULL,
    CONSTRAINT point_take_backs_pkey PRIMARY KEY (entry_id),
    CONSTRAINT point_take_backs_parts_check CHECK (asked > 0 AND taken >= 0 AND owed >= 0 AND forgiven >= 0 AND asked = taken + owed + forgiven),
    CONSTRAINT point_take_backs_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT point_take_backs_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT point_take_backs_year_integer CHECK (typeof(year) = 'integer'),
    CONSTRAINT point_take_backs_asked_integer CHECK (typeof(asked) = 'integer'),
    CONSTRAINT point_take_backs_taken_integer CHECK (typeof(taken) = 'integer'),
    CONSTRAINT point_take_backs_owed_integer CHECK (typeof(owed) = 'integer'),
    CONSTRAINT point_take_backs_forgiven_integer CHECK (typeof(forgiven) = 'integer')
);
CREATE INDEX point_take_backs_volunteer_programme_idx ON point_take_backs (volunteer_id, programme_id, year);
-- +goose StatementBegin
CREATE TRIGGER point_take_backs_append_only BEFORE UPDATE ON point_take_backs
BEGIN
    SELECT RAISE(ABORT, 'point_take_backs is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER point_take_backs_no_delete BEFORE DELETE ON point_take_backs
BEGIN
    SELECT RAISE(ABORT, 'point_take_backs is append-only');
END;
-- +goose StatementEnd

-- Debts: what is owed by name, settled first by whatever points come in. The entry that raised a debt says why.
CREATE TABLE point_debts (
    id           text   NOT NULL,
    entry_id     text   NOT NULL,
    volunteer_id text   NOT NULL,
    programme_id text   NOT NULL,
    amount       integer NOT NULL,
    remaining    integer NOT NULL,
    CONSTRAINT point_debts_pkey PRIMARY KEY (id),
    CONSTRAINT point_debts_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_debts_amount_check CHECK (amount > 0),
    CONSTRAINT point_debts_remaining_check CHECK (remaining BETWEEN 0 AND amount),
    CONSTRAINT point_debts_take_back_fkey FOREIGN KEY (entry_id) REFERENCES point_take_backs (entry_id),
    CONSTRAINT point_debts_amount_integer CHECK (typeof(amount) = 'integer'),
    CONSTRAINT point_debts_remaining_integer CHECK (typeof(remaining) = 'integer')
);
CREATE INDEX point_debts_volunteer_idx ON point_debts (volunteer_id) WHERE remaining > 0;
CREATE INDEX point_debts_programme_idx ON point_debts (programme_id) WHERE remaining > 0;
-- +goose StatementBegin
CREATE TRIGGER point_debts_no_delete BEFORE DELETE ON point_debts
BEGIN
    SELECT RAISE(ABORT, 'point_debts is append-only');
END;
-- +goose StatementEnd

CREATE TABLE point_debt_moves (
    debt_id  text   NOT NULL,
    entry_id text   NOT NULL,
    amount   integer NOT NULL,
    CONSTRAINT point_debt_moves_pkey PRIMARY KEY (entry_id, debt_id),
    CONSTRAINT point_debt_moves_amount_check CHECK (amount <> 0),
    CONSTRAINT point_debt_moves_debt_fkey FOREIGN KEY (debt_id) REFERENCES point_debts (id),
    CONSTRAINT point_debt_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT point_debt_moves_amount_integer CHECK (typeof(amount) = 'integer')
);
CREATE INDEX point_debt_moves_debt_idx ON point_debt_moves (debt_id);
-- +goose StatementBegin
CREATE TRIGGER point_debt_moves_append_only BEFORE UPDATE ON point_debt_moves
BEGIN
    SELECT RAISE(ABORT, 'point_debt_moves is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER point_debt_moves_no_delete BEFORE DELETE ON point_debt_moves
BEGIN
    SELECT RAISE(ABORT, 'point_debt_moves is append-only');
END;
-- +goose StatementEnd

-- Every move of a programme's budget, numbered under its lock, with what was left after it: never below zero at any point.
CREATE TABLE point_budget_moves (
    programme_id text   NOT NULL,
    sequence     integer NOT NULL,
    entry_id     text   NOT NULL,
    amount       integer NOT NULL,
    balance      integer NOT NULL,
    CONSTRAINT point_budget_moves_pkey PRIMARY KEY (programme_id, sequence),
    CONSTRAINT point_budget_moves_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_budget_moves_balance_check CHECK (balance >= 0),
    CONSTRAINT point_budget_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT point_budget_moves_sequence_integer CHECK (typeof(sequence) = 'integer'),
    CONSTRAINT point_budget_moves_amount_integer CHECK (typeof(amount) = 'integer'),
    CONSTRAINT point_budget_moves_balance_integer CHECK (typeof(balance) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER point_budget_moves_append_only BEFORE UPDATE ON point_budget_moves
BEGIN
    SELECT RAISE(ABORT, 'point_budget_moves is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER point_budget_moves_no_delete BEFORE DELETE ON point_budget_moves
BEGIN
    SELECT RAISE(ABORT, 'point_budget_moves is append-only');
END;
-- +goose StatementEnd

-- Causes (기부처) that points can be given to.
CREATE TABLE point_causes (
    id       text        NOT NULL,
    name     text        NOT NULL,
    added_at datetime NOT NULL,
    ended_at datetime,
    CONSTRAINT point_causes_pkey PRIMARY KEY (id),
    CONSTRAINT point_causes_name_key UNIQUE (name)
);
