-- +goose Up
-- The ledger (원장): append-only double entry. A volunteer's account carries balance, sequence and the head of its
-- hash chain in one row that every post locks; system accounts are summed, never kept in a row.
CREATE TABLE ledger_accounts (
    id             uuid    NOT NULL,
    kind           text    NOT NULL,
    owner_id       uuid    NOT NULL,
    unit           text    NOT NULL,
    balance        bigint  NOT NULL,
    sequence       bigint  NOT NULL,
    head           text    NOT NULL,
    last_posted_at timestamptz,
    CONSTRAINT ledger_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_accounts_owner_id_kind_key UNIQUE (owner_id, kind),
    CONSTRAINT ledger_accounts_kind_check CHECK (kind IN ('volunteer_minutes', 'service_given')),
    CONSTRAINT ledger_accounts_unit_check CHECK (unit IN ('minute', 'point')),
    CONSTRAINT ledger_accounts_balance_check CHECK (balance >= 0)
);

CREATE TABLE ledger_entries (
    id             uuid        NOT NULL,
    account_id     uuid        NOT NULL,
    sequence       bigint      NOT NULL,
    kind           text        NOT NULL,
    volunteer_id   uuid        NOT NULL,
    source_type    text        NOT NULL,
    source_id      uuid        NOT NULL,
    effective_day  date        NOT NULL,
    posted_at      timestamptz NOT NULL,
    visits         integer     NOT NULL,
    worked_minutes integer     NOT NULL,
    reductions     text        NOT NULL,
    field_code     text        NOT NULL,
    evidence       text        NOT NULL,
    rule_version   integer     NOT NULL,
    actor_id       uuid        NOT NULL,
    reason         text        NOT NULL,
    previous_hash  text        NOT NULL,
    hash           text        NOT NULL,
    CONSTRAINT ledger_entries_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_entries_account_id_sequence_key UNIQUE (account_id, sequence),
    CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('recognition', 'adjustment', 'correction', 'reversal')),
    CONSTRAINT ledger_entries_visits_check CHECK (visits BETWEEN -1 AND 1),
    CONSTRAINT ledger_entries_worked_check CHECK (worked_minutes >= 0),
    CONSTRAINT ledger_entries_account_fkey FOREIGN KEY (account_id) REFERENCES ledger_accounts (id)
);
CREATE INDEX ledger_entries_source_idx ON ledger_entries (source_id);
CREATE INDEX ledger_entries_day_account_idx ON ledger_entries (effective_day, account_id);

-- A leg's account has no foreign key: every post would lock the row of the system account, the one row they all share.
-- The volunteer's leg is held by the entry's own key; `dure verify` looks at both.
CREATE TABLE ledger_postings (
    entry_id   uuid     NOT NULL,
    line       integer  NOT NULL,
    account_id uuid     NOT NULL,
    amount     bigint   NOT NULL,
    CONSTRAINT ledger_postings_pkey PRIMARY KEY (entry_id, line),
    CONSTRAINT ledger_postings_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);

-- The other side of every recognised minute: service given to the city. Its sum is read, never kept.
INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
VALUES ('00000000-0000-7000-8000-000000000001', 'service_given', '00000000-0000-0000-0000-000000000000', 'minute', 0, 0, '');

-- A day's seal over the heads of all chains.
CREATE TABLE ledger_seals (
    day       date        NOT NULL,
    sealed_at timestamptz NOT NULL,
    accounts  bigint      NOT NULL,
    entries   bigint      NOT NULL,
    root      text        NOT NULL,
    CONSTRAINT ledger_seals_pkey PRIMARY KEY (day)
);
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_postings_append_only BEFORE UPDATE OR DELETE ON ledger_postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_postings_no_truncate BEFORE TRUNCATE ON ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_seals_append_only BEFORE UPDATE OR DELETE ON ledger_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_seals_no_truncate BEFORE TRUNCATE ON ledger_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
