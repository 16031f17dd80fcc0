-- +goose Up
-- Levels of the volunteer card (자원봉사증): how many recognised minutes make which. Rows are never changed; of each code the
-- highest version that is in force counts, and minutes below zero take a level away.
CREATE TABLE card_levels (
    id             uuid    NOT NULL,
    code           text    NOT NULL,
    rank           integer NOT NULL,
    name           text    NOT NULL,
    name_en        text    NOT NULL,
    counted        text    NOT NULL,
    minutes        integer NOT NULL,
    effective_from date    NOT NULL,
    version        integer NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT card_levels_pkey PRIMARY KEY (id),
    CONSTRAINT card_levels_version_key UNIQUE (version),
    CONSTRAINT card_levels_counted_check CHECK (counted IN ('total', 'year')),
    CONSTRAINT card_levels_minutes_check CHECK (minutes >= -1),
    CONSTRAINT card_levels_rank_check CHECK (rank BETWEEN 0 AND 99)
);
INSERT INTO card_levels (id, code, rank, name, name_en, counted, minutes, effective_from, version, reference) VALUES
    ('00000000-0000-7000-8000-000000000041', 'general',   0,  '일반', 'Volunteer',           'total', 0,    '2000-01-01', 1, '1365 모바일 자원봉사증 일반증'),
    ('00000000-0000-7000-8000-000000000042', 'excellent', 10, '우수', 'Excellent volunteer', 'year',  6000, '2000-01-01', 2, '1365 모바일 자원봉사증 우수증: 연 100시간 이상');
CREATE TRIGGER card_levels_append_only BEFORE UPDATE OR DELETE ON card_levels FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_levels_no_truncate BEFORE TRUNCATE ON card_levels FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
