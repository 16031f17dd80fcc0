-- +goose Up
-- Merchants and facilities (할인가맹점, 이용시설): they apply, are approved, and then give volunteers a discount and take their vouchers.
CREATE TABLE merchants (
    id               text             NOT NULL,
    name             text             NOT NULL,
    search           text             NOT NULL,
    kind             text             NOT NULL,
    business_number  text             NOT NULL,
    region_code      text             NOT NULL,
    address          text             NOT NULL,
    phone            text             NOT NULL,
    lat              real NOT NULL,
    lon              real NOT NULL,
    discount         text             NOT NULL,
    discount_percent integer,
    discount_won     integer,
    valid_from       date             NOT NULL,
    valid_to         date,
    state            text             NOT NULL,
    applied_by       text             NOT NULL,
    applied_at       datetime      NOT NULL,
    decided_by       text,
    decided_at       datetime,
    reason           text             NOT NULL,
    version          integer          NOT NULL,
    CONSTRAINT merchants_pkey PRIMARY KEY (id),
    CONSTRAINT merchants_kind_check CHECK (kind IN ('merchant', 'facility', 'public')),
    CONSTRAINT merchants_number_check CHECK (kind = 'public' OR business_number <> ''),
    CONSTRAINT merchants_lat_check CHECK (lat BETWEEN -90 AND 90),
    CONSTRAINT merchants_lon_check CHECK (lon BETWEEN -180 AND 180),
    CONSTRAINT merchants_discount_check CHECK (discount_percent IS NULL OR discount_won IS NULL),
    CONSTRAINT merchants_percent_check CHECK (discount_percent IS NULL OR discount_percent BETWEEN 1 AND 100),
    CONSTRAINT merchants_won_check CHECK (discount_won IS NULL OR discount_won > 0),
    CONSTRAINT merchants_days_check CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT merchants_state_check CHECK (state IN ('applied', 'approved', 'rejected', 'suspended', 'closed')),
    CONSTRAINT merchants_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT merchants_discount_percent_integer CHECK (typeof(discount_percent) IN ('integer', 'null')),
    CONSTRAINT merchants_discount_won_integer CHECK (typeof(discount_won) IN ('integer', 'null')),
    CONSTRAINT merchants_version_integer CHECK (typeof(version) = 'integer')
);
-- A shop has a number of its own; several facilities of one body may share theirs.
CREATE UNIQUE INDEX merchants_business_number_key ON merchants (business_number)
    WHERE kind = 'merchant' AND state IN ('applied', 'approved', 'suspended');
CREATE INDEX merchants_state_idx ON merchants (state, id);
CREATE INDEX merchants_region_idx ON merchants (region_code);
CREATE INDEX merchants_lat_lon_idx ON merchants (lat, lon);
CREATE INDEX merchants_applied_idx ON merchants (applied_by);

-- Who takes vouchers and looks at cards holds a role of its merchant. SQLite changes a CHECK only by building the table
-- anew; nothing refers to this one.
CREATE TABLE role_grants_anew (
    id         text        NOT NULL,
    account_id text        NOT NULL,
    role       text        NOT NULL,
    scope_type text        NOT NULL,
    scope_id   text        NOT NULL,
    starts_at  datetime NOT NULL,
    ends_at    datetime,
    granted_by text,
    reason     text        NOT NULL,
    revoked_at datetime,
    revoked_by text,
    CONSTRAINT role_grants_pkey PRIMARY KEY (id),
    CONSTRAINT role_grants_role_check CHECK (role IN ('camp_head', 'camp_keeper', 'demand_site_manager', 'merchant_manager', 'centre_officer', 'late_entry_approver', 'claims_officer', 'analyst', 'administrator')),
    CONSTRAINT role_grants_scope_check CHECK (scope_type IN ('city', 'camp', 'demand_site', 'merchant')),
    CONSTRAINT role_grants_term_check CHECK (ends_at IS NULL OR ends_at > starts_at),
    CONSTRAINT role_grants_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
INSERT INTO role_grants_anew SELECT * FROM role_grants;
DROP TABLE role_grants;
ALTER TABLE role_grants_anew RENAME TO role_grants;
CREATE UNIQUE INDEX role_grants_live_key ON role_grants (account_id, role, scope_id) WHERE revoked_at IS NULL;
CREATE INDEX role_grants_scope_idx ON role_grants (scope_id);
