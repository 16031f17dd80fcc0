-- +goose Up
-- Incentive programmes (인센티브): who may have what, as data. A programme is its versions: each holds the whole of the terms
-- from a day on, and none changes what was claimed before that day. What the database has to prove stands in columns of its own.
CREATE TABLE programmes (
    id           uuid        NOT NULL,
    code         text        NOT NULL,
    name         text        NOT NULL,
    name_en      text        NOT NULL,
    owner        text        NOT NULL,
    source       text        NOT NULL,
    closed_on    date,
    close_reason text        NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   uuid        NOT NULL,
    version      integer     NOT NULL,
    CONSTRAINT programmes_pkey PRIMARY KEY (id),
    CONSTRAINT programmes_code_key UNIQUE (code),
    CONSTRAINT programmes_code_check CHECK (length(code) BETWEEN 3 AND 60)
);

CREATE TABLE programme_versions (
    programme_id    uuid        NOT NULL,
    number          integer     NOT NULL,
    from_day        date        NOT NULL,
    terms           text        NOT NULL,
    per_year        integer     NOT NULL,
    budget_holdings integer     NOT NULL,
    budget_won      bigint      NOT NULL,
    budget_each     text        NOT NULL,
    one_per_car     boolean     NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      uuid        NOT NULL,
    reason          text        NOT NULL,
    CONSTRAINT programme_versions_pkey PRIMARY KEY (programme_id, number),
    CONSTRAINT programme_versions_programme_id_from_day_key UNIQUE (programme_id, from_day),
    CONSTRAINT programme_versions_each_check CHECK (budget_each IN ('', 'year', 'programme')),
    CONSTRAINT programme_versions_caps_check CHECK (per_year >= 0 AND budget_holdings >= 0 AND budget_won >= 0),
    CONSTRAINT programme_versions_programme_fkey FOREIGN KEY (programme_id) REFERENCES programmes (id)
);

-- A holding is what somebody has of a programme. period tells those apart that he may have beside one another (a coupon of
-- each month); the car's plate is kept as a hash, with the four digits by which people know it. ledger_sequence is the last
-- entry of the account when it was claimed, reviewed the last one that it was looked at again
-- with; camp_id is the claimant's own camp of that day, and camp_region where it stands.
CREATE TABLE holdings (
    id              uuid        NOT NULL,
    programme_id    uuid        NOT NULL,
    number          integer     NOT NULL,
    volunteer_id    uuid        NOT NULL,
    benefit         text        NOT NULL,
    state           text        NOT NULL,
    period          text        NOT NULL,
    ledger_sequence bigint      NOT NULL,
    reviewed        bigint      NOT NULL,
    camp_id         uuid,
    camp_region     text        NOT NULL,
    won             bigint      NOT NULL,
    car_hash        text,
    car_last        text        NOT NULL,
    claimed_at      timestamptz NOT NULL,
    claimed_on      date        NOT NULL,
    claimed_by      uuid        NOT NULL,
    granted_at      timestamptz,
    granted_by      uuid,
    valid_from      date,
    valid_to        date,
    exchanged_for   uuid,
    ended_at        timestamptz,
    CONSTRAINT holdings_pkey PRIMARY KEY (id),
    CONSTRAINT holdings_benefit_check CHECK (benefit IN ('card', 'badge', 'mileage', 'voucher', 'merchant_discount', 'facility_discount', 'parking', 'award')),
    CONSTRAINT holdings_state_check CHECK (state IN ('requested', 'refused', 'held', 'expired', 'taken_back', 'exchanged')),
    CONSTRAINT holdings_granted_check CHECK ((granted_at IS NULL) = (state IN ('requested', 'refused'))),
    CONSTRAINT holdings_valid_check CHECK ((valid_from IS NULL) = (granted_at IS NULL) AND (valid_to IS NULL OR valid_to >= valid_from)),
    CONSTRAINT holdings_ended_check CHECK ((ended_at IS NULL) = (state IN ('requested', 'held'))),
    CONSTRAINT holdings_exchanged_check CHECK (state <> 'exchanged' OR exchanged_for IS NOT NULL),
    CONSTRAINT holdings_won_check CHECK (won >= 0),
    CONSTRAINT holdings_version_fkey FOREIGN KEY (programme_id, number) REFERENCES programme_versions (programme_id, number),
    CONSTRAINT holdings_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT holdings_exchanged_fkey FOREIGN KEY (exchanged_for) REFERENCES holdings (id)
);
CREATE UNIQUE INDEX holdings_live_key ON holdings (programme_id, volunteer_id, period) WHERE state IN ('requested', 'held');
CREATE UNIQUE INDEX holdings_car_key ON holdings (programme_id, car_hash) WHERE state IN ('requested', 'held');
CREATE INDEX holdings_volunteer_idx ON holdings (volunteer_id, id);
CREATE INDEX holdings_programme_idx ON holdings (programme_id, state, id);
CREATE INDEX holdings_ending_idx ON holdings (valid_to) WHERE state = 'held';
CREATE INDEX holdings_exchanged_idx ON holdings (exchanged_for);

-- What a holding was earned by: of each requirement the conditions as they were measured when it was claimed.
CREATE TABLE holding_bases (
    holding_id  uuid    NOT NULL,
    requirement integer NOT NULL,
    line        integer NOT NULL,
    measure     text    NOT NULL,
    window_from date,
    window_to   date    NOT NULL,
    at_least    bigint  NOT NULL,
    measured    bigint  NOT NULL,
    CONSTRAINT holding_bases_pkey PRIMARY KEY (holding_id, requirement, line),
    CONSTRAINT holding_bases_measure_check CHECK (measure IN ('minutes', 'visits', 'active_days')),
    CONSTRAINT holding_bases_window_check CHECK (window_from IS NULL OR window_to >= window_from),
    CONSTRAINT holding_bases_holding_fkey FOREIGN KEY (holding_id) REFERENCES holdings (id)
);

-- What became of a holding, step by step, and which entry of the ledger was the reason.
CREATE TABLE incentive_steps (
    id           uuid        NOT NULL,
    holding_id   uuid        NOT NULL,
    at           timestamptz NOT NULL,
    what         text        NOT NULL,
    why          text        NOT NULL,
    note         text        NOT NULL,
    entry_id     uuid,
    requirement  integer,
    line         integer,
    before       bigint,
    after        bigint,
    account_id   uuid,
    CONSTRAINT incentive_steps_pkey PRIMARY KEY (id),
    CONSTRAINT incentive_steps_what_check CHECK (what IN ('requested', 'refused', 'granted', 'decreased', 'taken_back', 'expired', 'exchanged')),
    CONSTRAINT incentive_steps_holding_fkey FOREIGN KEY (holding_id) REFERENCES holdings (id),
    CONSTRAINT incentive_steps_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id)
);
CREATE INDEX incentive_steps_holding_idx ON incentive_steps (holding_id, id);

-- Whom a programme would find in the whole city on a day: counted in chunks of persons by id, so that it goes on where it was.
CREATE TABLE programme_evaluations (
    id           uuid        NOT NULL,
    programme_id uuid        NOT NULL,
    number       integer     NOT NULL,
    day          date        NOT NULL,
    state        text        NOT NULL,
    persons      bigint      NOT NULL,
    seen         bigint      NOT NULL,
    eligible     bigint      NOT NULL,
    position     uuid        NOT NULL,
    started_at   timestamptz NOT NULL,
    started_by   uuid        NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT programme_evaluations_pkey PRIMARY KEY (id),
    CONSTRAINT programme_evaluations_state_check CHECK (state IN ('running', 'finished')),
    CONSTRAINT programme_evaluations_finished_check CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
    CONSTRAINT programme_evaluations_counts_check CHECK (seen >= 0 AND eligible >= 0 AND eligible <= seen),
    CONSTRAINT programme_evaluations_version_fkey FOREIGN KEY (programme_id, number) REFERENCES programme_versions (programme_id, number)
);
CREATE UNIQUE INDEX programme_evaluations_running_key ON programme_evaluations (programme_id) WHERE state = 'running';
CREATE INDEX programme_evaluations_programme_idx ON programme_evaluations (programme_id, id);

-- Who met the terms; ranked is what the ranking measures, runner_up what decides between equals, place 0 where nothing is ranked.
CREATE TABLE programme_results (
    evaluation_id uuid    NOT NULL,
    volunteer_id  uuid    NOT NULL,
    place         integer NOT NULL,
    ranked        bigint  NOT NULL,
    runner_up     bigint  NOT NULL,
    measured      text    NOT NULL,
    CONSTRAINT programme_results_pkey PRIMARY KEY (evaluation_id, volunteer_id),
    CONSTRAINT programme_results_evaluation_fkey FOREIGN KEY (evaluation_id) REFERENCES programme_evaluations (id),
    CONSTRAINT programme_results_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE INDEX programme_results_place_idx ON programme_results (evaluation_id, place, volunteer_id);

CREATE TRIGGER programme_versions_append_only BEFORE UPDATE OR DELETE ON programme_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER programme_versions_no_truncate BEFORE TRUNCATE ON programme_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holding_bases_append_only BEFORE UPDATE OR DELETE ON holding_bases FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holding_bases_no_truncate BEFORE TRUNCATE ON holding_bases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER incentive_steps_append_only BEFORE UPDATE OR DELETE ON incentive_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER incentive_steps_no_truncate BEFORE TRUNCATE ON incentive_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holdings_no_delete BEFORE DELETE ON holdings FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Service that is done from home (원격 봉사): some programmes do not count it.
ALTER TABLE activities ADD COLUMN remote boolean NOT NULL DEFAULT false;
