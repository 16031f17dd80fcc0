-- +goose Up
-- Demand sites: organisations that apply, are approved, and then list activities.
CREATE TABLE demand_sites (
    id           uuid        NOT NULL,
    name         text        NOT NULL,
    search       text        NOT NULL,
    kind         text        NOT NULL,
    region_code  text        NOT NULL,
    address      text        NOT NULL,
    phone        text        NOT NULL,
    state        text        NOT NULL,
    applied_by   uuid        NOT NULL,
    applied_at   timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    reason       text        NOT NULL,
    version      integer     NOT NULL,
    CONSTRAINT demand_sites_pkey PRIMARY KEY (id),
    CONSTRAINT demand_sites_kind_check CHECK (kind IN ('public', 'welfare', 'education', 'medical', 'non_profit', 'other')),
    CONSTRAINT demand_sites_state_check CHECK (state IN ('applied', 'approved', 'rejected', 'suspended', 'closed')),
    CONSTRAINT demand_sites_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code)
);
CREATE INDEX demand_sites_state_idx ON demand_sites (state, id);
CREATE INDEX demand_sites_region_idx ON demand_sites (region_code);
