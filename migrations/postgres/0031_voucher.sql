-- +goose Up
-- Vouchers (상품권, 교환권): what a holder is given once at a counter. points is what it is worth there; 0 where it is a thing.
-- Of its code only the SHA-256 is kept; the holder draws a code when he needs one, and another makes the one before worthless.
CREATE TABLE vouchers (
    id              uuid        NOT NULL,
    holder_id       uuid        NOT NULL,
    programme_id    uuid,
    title           text        NOT NULL,
    points          bigint      NOT NULL,
    merchant_id     uuid,
    merchant_kind   text        NOT NULL,
    transferable    boolean     NOT NULL,
    valid_from      date        NOT NULL,
    valid_to        date        NOT NULL,
    state           text        NOT NULL,
    issued_at       timestamptz NOT NULL,
    issued_by       uuid,
    code_hash       text,
    code_expires_at timestamptz,
    revoked_at      timestamptz,
    reason          text        NOT NULL,
    CONSTRAINT vouchers_pkey PRIMARY KEY (id),
    CONSTRAINT vouchers_code_hash_key UNIQUE (code_hash),
    CONSTRAINT vouchers_points_check CHECK (points >= 0),
    CONSTRAINT vouchers_kind_check CHECK (merchant_kind IN ('', 'merchant', 'facility', 'public')),
    CONSTRAINT vouchers_days_check CHECK (valid_to >= valid_from),
    CONSTRAINT vouchers_state_check CHECK (state IN ('issued', 'redeemed', 'revoked')),
    CONSTRAINT vouchers_revoked_check CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
    CONSTRAINT vouchers_holder_fkey FOREIGN KEY (holder_id) REFERENCES volunteers (id),
    CONSTRAINT vouchers_merchant_fkey FOREIGN KEY (merchant_id) REFERENCES merchants (id)
);
CREATE INDEX vouchers_holder_idx ON vouchers (holder_id, id);
CREATE TRIGGER vouchers_no_delete BEFORE DELETE ON vouchers FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was redeemed where; key_hash is of the Idempotency-Key, by which a lost answer is told again.
CREATE TABLE voucher_redemptions (
    id              uuid        NOT NULL,
    voucher_id      uuid        NOT NULL,
    merchant_id     uuid        NOT NULL,
    points          bigint      NOT NULL,
    redeemed_at     timestamptz NOT NULL,
    redeemed_on     date        NOT NULL,
    redeemed_by     uuid        NOT NULL,
    key_hash        text        NOT NULL,
    entry_id        uuid,
    cancelled_at    timestamptz,
    cancelled_by    uuid,
    cancel_entry_id uuid,
    reason          text        NOT NULL,
    CONSTRAINT voucher_redemptions_pkey PRIMARY KEY (id),
    CONSTRAINT voucher_redemptions_redeemed_by_key_hash_key UNIQUE (redeemed_by, key_hash),
    CONSTRAINT voucher_redemptions_points_check CHECK (points >= 0 AND (points > 0) = (entry_id IS NOT NULL)),
    CONSTRAINT voucher_redemptions_cancelled_check CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)
        AND (cancel_entry_id IS NOT NULL) = (cancelled_at IS NOT NULL AND points > 0)),
    CONSTRAINT voucher_redemptions_voucher_fkey FOREIGN KEY (voucher_id) REFERENCES vouchers (id),
    CONSTRAINT voucher_redemptions_merchant_fkey FOREIGN KEY (merchant_id) REFERENCES merchants (id),
    CONSTRAINT voucher_redemptions_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT voucher_redemptions_cancel_entry_fkey FOREIGN KEY (cancel_entry_id) REFERENCES ledger_entries (id)
);
CREATE UNIQUE INDEX voucher_redemptions_live_key ON voucher_redemptions (voucher_id) WHERE cancelled_at IS NULL;
CREATE INDEX voucher_redemptions_voucher_idx ON voucher_redemptions (voucher_id);
CREATE INDEX voucher_redemptions_merchant_idx ON voucher_redemptions (merchant_id, id);
CREATE TRIGGER voucher_redemptions_no_delete BEFORE DELETE ON voucher_redemptions FOR EACH ROW EXECUTE FUNCTION refuse_change();
