-- +goose Up
-- The ledger (원장): append-only double entry. A volunteer's account carries balance, sequence and the head of its
-- hash chain in one row that every post locks; system accounts are summed, never kept in a row.
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
    CONSTRAINT ledger_accounts_kind_check CHECK (kind IN ('volunteer_minutes', 'service_given')),
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
    CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('recognition', 'adjustment', 'correction', 'reversal')),
    CONSTRAINT ledger_entries_visits_check CHECK (visits BETWEEN -1 AND 1),
    CONSTRAINT ledger_entries_worked_check CHECK (worked_minutes >= 0),
    CONSTRAINT ledger_entries_account_fkey FOREIGN KEY (account_id) REFERENCES ledger_accounts (id),
    CONSTRAINT ledger_entries_sequence_integer CHECK (typeof(sequence) = 'integer'),
    CONSTRAINT ledger_entries_visits_integer CHECK (typeof(visits) = 'integer'),
    CONSTRAINT ledger_entries_worked_minutes_integer CHECK (typeof(worked_minutes) = 'integer'),
    CONSTRAINT ledger_entries_rule_version_integer CHECK (typeof(rule_version) = 'integer')
);
CREATE INDEX ledger_entries_source_idx ON ledger_entries (source_id);
CREATE INDEX ledger_entries_day_account_idx ON ledger_entries (effective_day, account_id);

-- A leg's account has no foreign key: every post would lock the row of the system account, the one row they all share.
-- The volunteer's leg is held by the entry's own key; `dure verify` looks at both.
CREATE TABLE ledger_postings (
    entry_id   text     NOT NULL,
    line       integer  NOT NULL,
    account_id text     NOT NULL,
    amount     integer   NOT NULL,
    CONSTRAINT ledger_postings_pkey PRIMARY KEY (entry_id, line),
    CONSTRAINT ledger_postings_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT ledger_postings_line_integer CHECK (typeof(line) = 'integer'),
    CONSTRAINT ledger_postings_amount_integer CHECK (typeof(amount) = 'integer')
);

-- The other side of every recognised minute: service given to the city. Its sum is read, never kept.
INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
VALUES ('00000000-0000-7000-8000-000000000001', 'service_given', '00000000-0000-0000-0000-000000000000', 'minute', 0, 0, '');

-- A day's seal over the heads of all chains.
CREATE TABLE ledger_seals (
    day       date        NOT NULL,
    sealed_at datetime NOT NULL,
    accounts  integer      NOT NULL,
    entries   integer      NOT NULL,
    root      text        NOT NULL,
    CONSTRAINT ledger_seals_pkey PRIMARY KEY (day),
    CONSTRAINT ledger_seals_accounts_integer CHECK (typeof(accounts) = 'integer'),
    CONSTRAINT ledger_seals_entries_integer CHECK (typeof(entries) = 'integer')
);
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
-- +goose StatementBegin
CREATE TRIGGER ledger_postings_append_only BEFORE UPDATE ON ledger_postings
BEGIN
    SELECT RAISE(ABORT, 'ledger_postings is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings
BEGIN
    SELECT RAISE(ABORT, 'ledger_postings is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_seals_append_only BEFORE UPDATE ON ledger_seals
BEGIN
    SELECT RAISE(ABORT, 'ledger_seals is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_seals_no_delete BEFORE DELETE ON ledger_seals
BEGIN
    SELECT RAISE(ABORT, 'ledger_seals is append-only');
END;
-- +goose StatementEnd
