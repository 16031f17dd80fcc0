-- +goose Up
-- Insurance (자원봉사 종합보험): contracts, a year each, whose periods do not overlap. What a contract covers is a version of it:
-- conditions, items and the papers that a claim takes, as a whole and from a day on. On a day the highest version counts that
-- has begun. Nothing here is ever changed; amounts are whole won.
CREATE TABLE insurance_contracts (
    id         uuid        NOT NULL,
    insurer    text        NOT NULL,
    number     text        NOT NULL,
    starts_on  date        NOT NULL,
    ends_on    date        NOT NULL,
    reference  text        NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by uuid,
    CONSTRAINT insurance_contracts_pkey PRIMARY KEY (id),
    CONSTRAINT insurance_contracts_insurer_number_key UNIQUE (insurer, number),
    CONSTRAINT insurance_contracts_starts_on_key UNIQUE (starts_on),
    CONSTRAINT insurance_contracts_period_check CHECK (ends_on >= starts_on)
);
ALTER TABLE insurance_contracts ADD CONSTRAINT insurance_contracts_period_excl EXCLUDE USING gist (daterange(starts_on, ends_on, '[]') WITH &&);

-- online and paper are the ways of registering whose people are covered.
CREATE TABLE insurance_versions (
    contract_id           uuid        NOT NULL,
    version               integer     NOT NULL,
    effective_from        date        NOT NULL,
    consent_required      boolean     NOT NULL,
    minimum_age           integer     NOT NULL,
    maximum_age           integer,
    online                boolean     NOT NULL,
    paper                 boolean     NOT NULL,
    travel_before_minutes integer     NOT NULL,
    travel_after_minutes  integer     NOT NULL,
    reason                text        NOT NULL,
    entered_at            timestamptz NOT NULL,
    entered_by            uuid,
    CONSTRAINT insurance_versions_pkey PRIMARY KEY (contract_id, version),
    CONSTRAINT insurance_versions_number_check CHECK (version >= 1),
    CONSTRAINT insurance_versions_age_check CHECK (minimum_age >= 0 AND (maximum_age IS NULL OR maximum_age >= minimum_age)),
    CONSTRAINT insurance_versions_travel_check CHECK (travel_before_minutes BETWEEN 0 AND 1440 AND travel_after_minutes BETWEEN 0 AND 1440),
    CONSTRAINT insurance_versions_contract_fkey FOREIGN KEY (contract_id) REFERENCES insurance_contracts (id)
);

CREATE TABLE insurance_items (
    id             uuid    NOT NULL,
    contract_id    uuid    NOT NULL,
    version        integer NOT NULL,
    kind           text    NOT NULL,
    name_ko        text    NOT NULL,
    name_en        text    NOT NULL,
    limit_won      bigint  NOT NULL,
    unit           text    NOT NULL,
    max_days       integer,
    age_from       integer NOT NULL,
    age_to         integer,
    deductible_won bigint  NOT NULL,
    effective_from date    NOT NULL,
    effective_to   date    NOT NULL,
    CONSTRAINT insurance_items_pkey PRIMARY KEY (id),
    CONSTRAINT insurance_items_contract_id_version_kind_age_from_key UNIQUE (contract_id, version, kind, age_from),
    CONSTRAINT insurance_items_unit_check CHECK (unit IN ('sum', 'per_day') AND (max_days IS NULL OR (unit = 'per_day' AND max_days > 0))),
    CONSTRAINT insurance_items_won_check CHECK (limit_won > 0 AND deductible_won >= 0 AND deductible_won < limit_won),
    CONSTRAINT insurance_items_age_check CHECK (age_from >= 0 AND (age_to IS NULL OR age_to >= age_from)),
    CONSTRAINT insurance_items_days_check CHECK (effective_to >= effective_from),
    CONSTRAINT insurance_items_version_fkey FOREIGN KEY (contract_id, version) REFERENCES insurance_versions (contract_id, version)
);

CREATE TABLE insurance_papers (
    item_id  uuid    NOT NULL,
    code     text    NOT NULL,
    position integer NOT NULL,
    name_ko  text    NOT NULL,
    name_en  text    NOT NULL,
    CONSTRAINT insurance_papers_pkey PRIMARY KEY (item_id, code),
    CONSTRAINT insurance_papers_item_fkey FOREIGN KEY (item_id) REFERENCES insurance_items (id)
);
CREATE TRIGGER insurance_contracts_append_only BEFORE UPDATE OR DELETE ON insurance_contracts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_contracts_no_truncate BEFORE TRUNCATE ON insurance_contracts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_versions_append_only BEFORE UPDATE OR DELETE ON insurance_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_versions_no_truncate BEFORE TRUNCATE ON insurance_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_items_append_only BEFORE UPDATE OR DELETE ON insurance_items FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_items_no_truncate BEFORE TRUNCATE ON insurance_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_papers_append_only BEFORE UPDATE OR DELETE ON insurance_papers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER insurance_papers_no_truncate BEFORE TRUNCATE ON insurance_papers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
