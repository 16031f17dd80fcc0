-- +goose Up
-- Points (마일리지): money on the ledger's own tables, in the same chains and under the same guards. Minutes and points never
-- meet in one entry. The two checks read their tables once, a second for some ten million rows.
ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_kind_check;
ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_kind_check CHECK (kind IN ('volunteer_minutes', 'service_given', 'volunteer_points',
    'programme_points', 'points_issued', 'points_expired', 'points_donated', 'points_debt', 'merchant_points'));
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_kind_check;
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('recognition', 'adjustment', 'correction', 'reversal', 'funding',
    'grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement'));

-- Of accounts that only stand against others the postings are summed. Those of minutes are left out: a check-out pays nothing.
CREATE INDEX ledger_postings_counter_idx ON ledger_postings (account_id, entry_id)
    WHERE line > 1 AND account_id <> '00000000-0000-7000-8000-000000000001';

-- Where points come from, and where they go when they expire.
INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) VALUES
    ('00000000-0000-7000-8000-000000000002', 'points_issued',  '00000000-0000-0000-0000-000000000000', 'point', 0, 0, ''),
    ('00000000-0000-7000-8000-000000000003', 'points_expired', '00000000-0000-0000-0000-000000000000', 'point', 0, 0, '');

-- Entries that took minutes away: whoever granted something for those minutes looks at the person again.
CREATE TABLE ledger_decreases (
    entry_id     uuid        NOT NULL,
    volunteer_id uuid        NOT NULL,
    posted_at    timestamptz NOT NULL,
    reviewed_at  timestamptz,
    CONSTRAINT ledger_decreases_pkey PRIMARY KEY (entry_id),
    CONSTRAINT ledger_decreases_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX ledger_decreases_open_idx ON ledger_decreases (volunteer_id) WHERE reviewed_at IS NULL;
CREATE TRIGGER ledger_decreases_no_delete BEFORE DELETE ON ledger_decreases FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Lots: points of one grant, which expire together. What is left of a lot is the sum of its moves.
CREATE TABLE point_lots (
    id           uuid    NOT NULL,
    volunteer_id uuid    NOT NULL,
    programme_id uuid    NOT NULL,
    entry_id     uuid    NOT NULL,
    year         integer NOT NULL,
    granted      bigint  NOT NULL,
    remaining    bigint  NOT NULL,
    expires_on   date,
    CONSTRAINT point_lots_pkey PRIMARY KEY (id),
    CONSTRAINT point_lots_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_lots_granted_check CHECK (granted > 0),
    CONSTRAINT point_lots_remaining_check CHECK (remaining BETWEEN 0 AND granted),
    CONSTRAINT point_lots_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT point_lots_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX point_lots_volunteer_programme_idx ON point_lots (volunteer_id, programme_id, year);
CREATE INDEX point_lots_programme_idx ON point_lots (programme_id);
CREATE INDEX point_lots_held_idx ON point_lots (volunteer_id) WHERE remaining > 0;
CREATE INDEX point_lots_expiry_idx ON point_lots (expires_on) WHERE remaining > 0;
CREATE TRIGGER point_lots_no_delete BEFORE DELETE ON point_lots FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE point_moves (
    lot_id   uuid   NOT NULL,
    entry_id uuid   NOT NULL,
    kind     text   NOT NULL,
    amount   bigint NOT NULL,
    CONSTRAINT point_moves_pkey PRIMARY KEY (entry_id, lot_id),
    CONSTRAINT point_moves_kind_check CHECK (kind IN ('grant', 'redemption', 'cancellation', 'expiry', 'donation', 'take_back', 'settlement')),
    CONSTRAINT point_moves_amount_check CHECK ((amount > 0) = (kind IN ('grant', 'cancellation')) AND amount <> 0),
    CONSTRAINT point_moves_lot_fkey FOREIGN KEY (lot_id) REFERENCES point_lots (id),
    CONSTRAINT point_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX point_moves_lot_idx ON point_moves (lot_id);
CREATE TRIGGER point_moves_append_only BEFORE UPDATE OR DELETE ON point_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER point_moves_no_truncate BEFORE TRUNCATE ON point_moves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a programme asked back: taken from what was held, owed from now on, or forgiven because it had expired unused.
CREATE TABLE point_take_backs (
    entry_id     uuid    NOT NULL,
    volunteer_id uuid    NOT NULL,
    programme_id uuid    NOT NULL,
    year         integer NOT NULL,
    asked        bigint  NOT NULL,
    taken        bigint  NOT NULL,
    owed         bigint  NOT NULL,
    forgiven     bigint  NOT NULL,
    CONSTRAINT point_take_backs_pkey PRIMARY KEY (entry_id),
    CONSTRAINT point_take_backs_parts_check CHECK (asked > 0 AND taken >= 0 AND owed >= 0 AND forgiven >= 0 AND asked = taken + owed + forgiven),
    CONSTRAINT point_take_backs_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT point_take_backs_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX point_take_backs_volunteer_programme_idx ON point_take_backs (volunteer_id, programme_id, year);
CREATE TRIGGER point_take_backs_append_only BEFORE UPDATE OR DELETE ON point_take_backs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER point_take_backs_no_truncate BEFORE TRUNCATE ON point_take_backs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Debts: what is owed by name, settled first by whatever points come in. The entry that raised a debt says why.
CREATE TABLE point_debts (
    id           uuid   NOT NULL,
    entry_id     uuid   NOT NULL,
    volunteer_id uuid   NOT NULL,
    programme_id uuid   NOT NULL,
    amount       bigint NOT NULL,
    remaining    bigint NOT NULL,
    CONSTRAINT point_debts_pkey PRIMARY KEY (id),
    CONSTRAINT point_debts_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_debts_amount_check CHECK (amount > 0),
    CONSTRAINT point_debts_remaining_check CHECK (remaining BETWEEN 0 AND amount),
    CONSTRAINT point_debts_take_back_fkey FOREIGN KEY (entry_id) REFERENCES point_take_backs (entry_id)
);
CREATE INDEX point_debts_volunteer_idx ON point_debts (volunteer_id) WHERE remaining > 0;
CREATE INDEX point_debts_programme_idx ON point_debts (programme_id) WHERE remaining > 0;
CREATE TRIGGER point_debts_no_delete BEFORE DELETE ON point_debts FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE point_debt_moves (
    debt_id  uuid   NOT NULL,
    entry_id uuid   NOT NULL,
    amount   bigint NOT NULL,
    CONSTRAINT point_debt_moves_pkey PRIMARY KEY (entry_id, debt_id),
    CONSTRAINT point_debt_moves_amount_check CHECK (amount <> 0),
    CONSTRAINT point_debt_moves_debt_fkey FOREIGN KEY (debt_id) REFERENCES point_debts (id),
    CONSTRAINT point_debt_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX point_debt_moves_debt_idx ON point_debt_moves (debt_id);
CREATE TRIGGER point_debt_moves_append_only BEFORE UPDATE OR DELETE ON point_debt_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER point_debt_moves_no_truncate BEFORE TRUNCATE ON point_debt_moves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every move of a programme's budget, numbered under its lock, with what was left after it: never below zero at any point.
CREATE TABLE point_budget_moves (
    programme_id uuid   NOT NULL,
    sequence     bigint NOT NULL,
    entry_id     uuid   NOT NULL,
    amount       bigint NOT NULL,
    balance      bigint NOT NULL,
    CONSTRAINT point_budget_moves_pkey PRIMARY KEY (programme_id, sequence),
    CONSTRAINT point_budget_moves_entry_id_key UNIQUE (entry_id),
    CONSTRAINT point_budget_moves_balance_check CHECK (balance >= 0),
    CONSTRAINT point_budget_moves_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE TRIGGER point_budget_moves_append_only BEFORE UPDATE OR DELETE ON point_budget_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER point_budget_moves_no_truncate BEFORE TRUNCATE ON point_budget_moves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Causes (기부처) that points can be given to.
CREATE TABLE point_causes (
    id       uuid        NOT NULL,
    name     text        NOT NULL,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT point_causes_pkey PRIMARY KEY (id),
    CONSTRAINT point_causes_name_key UNIQUE (name)
);
