-- +goose Up
-- Sign-ups (신청): a volunteer's place on a shift. A waitlisted one carries its place in the queue.
CREATE TABLE sign_ups (
    id           text        NOT NULL,
    shift_id     text        NOT NULL,
    volunteer_id text        NOT NULL,
    state        text        NOT NULL,
    starts_at    datetime NOT NULL,
    ends_at      datetime NOT NULL,
    queued       integer,
    applied_at   datetime NOT NULL,
    changed_at   datetime NOT NULL,
    CONSTRAINT sign_ups_pkey PRIMARY KEY (id),
    CONSTRAINT sign_ups_shift_id_volunteer_id_key UNIQUE (shift_id, volunteer_id),
    CONSTRAINT sign_ups_state_check CHECK (state IN ('applied', 'waitlisted', 'confirmed', 'cancelled', 'attended', 'no_show')),
    CONSTRAINT sign_ups_shift_fkey FOREIGN KEY (shift_id) REFERENCES shifts (id),
    CONSTRAINT sign_ups_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT sign_ups_queued_integer CHECK (typeof(queued) IN ('integer', 'null'))
);
CREATE INDEX sign_ups_volunteer_idx ON sign_ups (volunteer_id, starts_at);
CREATE INDEX sign_ups_due_idx ON sign_ups (ends_at) WHERE state = 'confirmed';
CREATE INDEX sign_ups_queue_idx ON sign_ups (shift_id, queued) WHERE state = 'waitlisted';
