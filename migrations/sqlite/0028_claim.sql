-- +goose Up
-- Claims (보험 청구): accidents that were reported, and what became of them at the insurer. No text about an accident or
-- anybody's health stands in the database: it lies in the vault, locked, as a document. The row tells where a claim stands,
-- its steps how it came there.

-- Who handles claims holds a right of his own, and health data are handed in for a purpose of their own. SQLite has no statement
-- that changes a CHECK; widening one touches no row, so its text is edited in place, as SQLite's documentation has it
-- (lang_altertable, section 7): documents are referred to, and could not be built anew inside a transaction.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''late_entry_approver'', ', '''late_entry_approver'', ''claims_officer'', ') WHERE type = 'table' AND name = 'role_grants';
UPDATE sqlite_schema SET sql = replace(sql, '''dispute'', ''claim'')', '''dispute'', ''claim'', ''claim_health'')') WHERE type = 'table' AND name = 'documents';
PRAGMA writable_schema = RESET;

-- For how long after an accident the insurer takes a claim (소멸시효, 상법 제662조). Rows are never changed; the highest version
-- of the accident's day counts.
CREATE TABLE claim_deadlines (
    id             text    NOT NULL,
    years          integer NOT NULL,
    effective_from date    NOT NULL,
    version        integer NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT claim_deadlines_pkey PRIMARY KEY (id),
    CONSTRAINT claim_deadlines_version_key UNIQUE (version),
    CONSTRAINT claim_deadlines_years_check CHECK (years BETWEEN 1 AND 10),
    CONSTRAINT claim_deadlines_years_integer CHECK (typeof(years) = 'integer'),
    CONSTRAINT claim_deadlines_version_integer CHECK (typeof(version) = 'integer')
);
INSERT INTO claim_deadlines (id, years, effective_from, version, reference) VALUES
    ('00000000-0000-7000-8000-000000000028', 3, '2000-01-01', 1, '상법 제662조: 보험금청구권은 3년');

-- cover_number is the step at which cover was last asked about; approved_won is what was approved in all.
CREATE TABLE claims (
    id            text        NOT NULL,
    volunteer_id  text        NOT NULL,
    organiser_id  text,
    shift_id      text,
    attendance_id text,
    reported_at   datetime NOT NULL,
    reported_by   text        NOT NULL,
    happened_at   datetime NOT NULL,
    day           date        NOT NULL,
    place         text        NOT NULL,
    statement_id  text        NOT NULL,
    health_id     text,
    deadline_on   date        NOT NULL,
    state         text        NOT NULL,
    approved_won  integer      NOT NULL,
    approved_by   text,
    paid_by       text,
    steps         integer     NOT NULL,
    cover_number  integer     NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (id),
    CONSTRAINT claims_state_check CHECK (state IN ('reported', 'documents', 'filed', 'approved', 'refused', 'paid', 'closed', 'withdrawn')),
    CONSTRAINT claims_approved_check CHECK (approved_won >= 0 AND (approved_by IS NULL) = (approved_won = 0) AND (state NOT IN ('approved', 'paid') OR approved_by IS NOT NULL)
        AND (state NOT IN ('reported', 'documents', 'filed', 'refused', 'withdrawn') OR approved_by IS NULL)),
    CONSTRAINT claims_paid_check CHECK ((state <> 'paid' OR paid_by IS NOT NULL) AND (paid_by IS NULL OR (approved_by IS NOT NULL AND state IN ('paid', 'closed')))),
    CONSTRAINT claims_two_check CHECK (paid_by IS NULL OR paid_by <> approved_by),
    CONSTRAINT claims_steps_check CHECK (steps > 0 AND cover_number BETWEEN 1 AND steps),
    CONSTRAINT claims_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT claims_shift_fkey FOREIGN KEY (shift_id) REFERENCES shifts (id),
    CONSTRAINT claims_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id),
    CONSTRAINT claims_statement_fkey FOREIGN KEY (statement_id) REFERENCES documents (id),
    CONSTRAINT claims_health_fkey FOREIGN KEY (health_id) REFERENCES documents (id),
    CONSTRAINT claims_approved_won_integer CHECK (typeof(approved_won) = 'integer'),
    CONSTRAINT claims_steps_integer CHECK (typeof(steps) = 'integer'),
    CONSTRAINT claims_cover_number_integer CHECK (typeof(cover_number) = 'integer')
);
-- One accident is claimed for once.
CREATE UNIQUE INDEX claims_volunteer_id_happened_at_key ON claims (volunteer_id, happened_at) WHERE state <> 'withdrawn';
CREATE INDEX claims_volunteer_idx ON claims (volunteer_id, id);
CREATE INDEX claims_organiser_idx ON claims (organiser_id, id);
CREATE INDEX claims_state_idx ON claims (state, id);
CREATE INDEX claims_day_idx ON claims (day, id);
-- +goose StatementBegin
CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims
BEGIN
    SELECT RAISE(ABORT, 'claims is append-only');
END;
-- +goose StatementEnd

-- What is claimed, by kind of item.
CREATE TABLE claim_items (
    claim_id text NOT NULL,
    kind     text NOT NULL,
    CONSTRAINT claim_items_pkey PRIMARY KEY (claim_id, kind),
    CONSTRAINT claim_items_claim_fkey FOREIGN KEY (claim_id) REFERENCES claims (id)
);
-- +goose StatementBegin
CREATE TRIGGER claim_items_append_only BEFORE UPDATE ON claim_items
BEGIN
    SELECT RAISE(ABORT, 'claim_items is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_items_no_delete BEFORE DELETE ON claim_items
BEGIN
    SELECT RAISE(ABORT, 'claim_items is append-only');
END;
-- +goose StatementEnd

-- Every step, with the state that it led to; amount_won is what was approved or paid by it.
CREATE TABLE claim_steps (
    claim_id    text        NOT NULL,
    number      integer     NOT NULL,
    state       text        NOT NULL,
    happened_at datetime NOT NULL,
    account_id  text        NOT NULL,
    reason      text        NOT NULL,
    amount_won  integer      NOT NULL,
    CONSTRAINT claim_steps_pkey PRIMARY KEY (claim_id, number),
    CONSTRAINT claim_steps_state_check CHECK (state IN ('reported', 'documents', 'filed', 'approved', 'refused', 'paid', 'closed', 'withdrawn')),
    CONSTRAINT claim_steps_number_check CHECK (number > 0),
    CONSTRAINT claim_steps_amount_check CHECK ((amount_won > 0) = (state IN ('approved', 'paid')) AND amount_won >= 0),
    CONSTRAINT claim_steps_claim_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT claim_steps_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT claim_steps_amount_won_integer CHECK (typeof(amount_won) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER claim_steps_append_only BEFORE UPDATE ON claim_steps
BEGIN
    SELECT RAISE(ABORT, 'claim_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_steps_no_delete BEFORE DELETE ON claim_steps
BEGIN
    SELECT RAISE(ABORT, 'claim_steps is append-only');
END;
-- +goose StatementEnd

-- What was known of the cover at the accident's instant when a step was taken; an empty reason is covered.
CREATE TABLE claim_covers (
    claim_id      text    NOT NULL,
    number        integer NOT NULL,
    reason        text    NOT NULL,
    age           integer NOT NULL,
    contract_id   text,
    version       integer,
    basis         text    NOT NULL,
    shift_id      text,
    attendance_id text,
    window_start  datetime,
    window_end    datetime,
    CONSTRAINT claim_covers_pkey PRIMARY KEY (claim_id, number),
    CONSTRAINT claim_covers_contract_check CHECK ((contract_id IS NULL) = (version IS NULL)),
    CONSTRAINT claim_covers_basis_check CHECK (basis IN ('', 'sign_up', 'check_in', 'verified_attendance') AND (basis <> '') = (reason = '')
        AND (reason = '') = (window_start IS NOT NULL) AND (reason = '') = (window_end IS NOT NULL) AND (reason <> '' OR contract_id IS NOT NULL)),
    CONSTRAINT claim_covers_step_fkey FOREIGN KEY (claim_id, number) REFERENCES claim_steps (claim_id, number),
    CONSTRAINT claim_covers_version_fkey FOREIGN KEY (contract_id, version) REFERENCES insurance_versions (contract_id, version),
    CONSTRAINT claim_covers_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT claim_covers_age_integer CHECK (typeof(age) = 'integer'),
    CONSTRAINT claim_covers_version_integer CHECK (typeof(version) IN ('integer', 'null'))
);
-- +goose StatementBegin
CREATE TRIGGER claim_covers_append_only BEFORE UPDATE ON claim_covers
BEGIN
    SELECT RAISE(ABORT, 'claim_covers is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_covers_no_delete BEFORE DELETE ON claim_covers
BEGIN
    SELECT RAISE(ABORT, 'claim_covers is append-only');
END;
-- +goose StatementEnd

-- What was approved for each item.
CREATE TABLE claim_amounts (
    claim_id   text    NOT NULL,
    number     integer NOT NULL,
    item_id    text    NOT NULL,
    days       integer,
    amount_won integer  NOT NULL,
    CONSTRAINT claim_amounts_pkey PRIMARY KEY (claim_id, item_id),
    CONSTRAINT claim_amounts_amount_check CHECK (amount_won > 0),
    CONSTRAINT claim_amounts_days_check CHECK (days IS NULL OR days > 0),
    CONSTRAINT claim_amounts_step_fkey FOREIGN KEY (claim_id, number) REFERENCES claim_steps (claim_id, number),
    CONSTRAINT claim_amounts_item_fkey FOREIGN KEY (item_id) REFERENCES insurance_items (id),
    CONSTRAINT claim_amounts_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT claim_amounts_days_integer CHECK (typeof(days) IN ('integer', 'null')),
    CONSTRAINT claim_amounts_amount_won_integer CHECK (typeof(amount_won) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER claim_amounts_append_only BEFORE UPDATE ON claim_amounts
BEGIN
    SELECT RAISE(ABORT, 'claim_amounts is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_amounts_no_delete BEFORE DELETE ON claim_amounts
BEGIN
    SELECT RAISE(ABORT, 'claim_amounts is append-only');
END;
-- +goose StatementEnd

-- Papers that were handed in, each as the paper of that code.
CREATE TABLE claim_documents (
    claim_id    text        NOT NULL,
    document_id text        NOT NULL,
    code        text        NOT NULL,
    added_at    datetime NOT NULL,
    added_by    text        NOT NULL,
    CONSTRAINT claim_documents_pkey PRIMARY KEY (claim_id, document_id),
    CONSTRAINT claim_documents_document_id_key UNIQUE (document_id),
    CONSTRAINT claim_documents_claim_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT claim_documents_document_fkey FOREIGN KEY (document_id) REFERENCES documents (id)
);
-- +goose StatementBegin
CREATE TRIGGER claim_documents_append_only BEFORE UPDATE ON claim_documents
BEGIN
    SELECT RAISE(ABORT, 'claim_documents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_documents_no_delete BEFORE DELETE ON claim_documents
BEGIN
    SELECT RAISE(ABORT, 'claim_documents is append-only');
END;
-- +goose StatementEnd

-- Consent to the use of health data for a claim (민감정보, 개인정보 보호법 제23조), given and taken back; the last word counts.
CREATE TABLE claim_consents (
    id       text        NOT NULL,
    claim_id text        NOT NULL,
    version  text        NOT NULL,
    granted  boolean     NOT NULL,
    given_at datetime NOT NULL,
    given_by text        NOT NULL,
    medium   text        NOT NULL,
    CONSTRAINT claim_consents_pkey PRIMARY KEY (id),
    CONSTRAINT claim_consents_medium_check CHECK (medium IN ('online', 'paper')),
    CONSTRAINT claim_consents_claim_fkey FOREIGN KEY (claim_id) REFERENCES claims (id)
);
CREATE INDEX claim_consents_claim_idx ON claim_consents (claim_id, given_at);
-- +goose StatementBegin
CREATE TRIGGER claim_consents_append_only BEFORE UPDATE ON claim_consents
BEGIN
    SELECT RAISE(ABORT, 'claim_consents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_consents_no_delete BEFORE DELETE ON claim_consents
BEGIN
    SELECT RAISE(ABORT, 'claim_consents is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_deadlines_append_only BEFORE UPDATE ON claim_deadlines
BEGIN
    SELECT RAISE(ABORT, 'claim_deadlines is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_deadlines_no_delete BEFORE DELETE ON claim_deadlines
BEGIN
    SELECT RAISE(ABORT, 'claim_deadlines is append-only');
END;
-- +goose StatementEnd
