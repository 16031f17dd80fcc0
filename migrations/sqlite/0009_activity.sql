-- +goose Up
-- Activities (일감): listings of a camp or a demand site, approved before anybody comes; shifts (회차) are their dated slots.
-- origin_hash tells what was last taken from the origin; it is NULL once the listing was edited here.
CREATE TABLE activities (
    id             text             NOT NULL,
    title          text             NOT NULL,
    search         text             NOT NULL,
    description    text             NOT NULL,
    field_code     text             NOT NULL,
    organiser_type text             NOT NULL,
    organiser_id   text             NOT NULL,
    region_code    text             NOT NULL,
    place          text             NOT NULL,
    lat            real,
    lon            real,
    adults         boolean          NOT NULL,
    youths         boolean          NOT NULL,
    families       boolean          NOT NULL,
    groups         boolean          NOT NULL,
    state          text             NOT NULL,
    first_day      date,
    last_day       date,
    origin_system  text,
    origin_id      text,
    origin_hash    text,
    created_by     text             NOT NULL,
    created_at     datetime      NOT NULL,
    decided_by     text,
    decided_at     datetime,
    reason         text             NOT NULL,
    version        integer          NOT NULL,
    CONSTRAINT activities_pkey PRIMARY KEY (id),
    CONSTRAINT activities_origin_system_origin_id_key UNIQUE (origin_system, origin_id),
    CONSTRAINT activities_organiser_check CHECK (organiser_type IN ('camp', 'demand_site')),
    CONSTRAINT activities_state_check CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'ended', 'cancelled')),
    CONSTRAINT activities_field_fkey FOREIGN KEY (field_code) REFERENCES activity_fields (code),
    CONSTRAINT activities_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT activities_version_integer CHECK (typeof(version) = 'integer')
);
CREATE INDEX activities_organiser_idx ON activities (organiser_id, id);
CREATE INDEX activities_region_idx ON activities (region_code);
CREATE INDEX activities_state_idx ON activities (state, id);

CREATE TABLE shifts (
    id            text        NOT NULL,
    activity_id   text        NOT NULL,
    organiser_id  text        NOT NULL,
    starts_at     datetime NOT NULL,
    ends_at       datetime NOT NULL,
    break_minutes integer     NOT NULL,
    capacity      integer     NOT NULL,
    confirmed     integer     NOT NULL,
    cancelled_at  datetime,
    code_secret   text        NOT NULL,
    CONSTRAINT shifts_pkey PRIMARY KEY (id),
    CONSTRAINT shifts_span_check CHECK (ends_at > starts_at),
    CONSTRAINT shifts_break_check CHECK (break_minutes >= 0),
    CONSTRAINT shifts_capacity_check CHECK (capacity > 0 AND confirmed >= 0 AND confirmed <= capacity),
    CONSTRAINT shifts_activity_fkey FOREIGN KEY (activity_id) REFERENCES activities (id),
    CONSTRAINT shifts_break_minutes_integer CHECK (typeof(break_minutes) = 'integer'),
    CONSTRAINT shifts_capacity_integer CHECK (typeof(capacity) = 'integer'),
    CONSTRAINT shifts_confirmed_integer CHECK (typeof(confirmed) = 'integer')
);
CREATE UNIQUE INDEX shifts_live_key ON shifts (activity_id, starts_at, ends_at) WHERE cancelled_at IS NULL;
CREATE INDEX shifts_activity_idx ON shifts (activity_id, starts_at);
CREATE INDEX shifts_organiser_idx ON shifts (organiser_id, starts_at);
