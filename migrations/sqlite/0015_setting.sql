-- +goose Up
-- Settings: what a database knows about itself, such as that it holds the demo city.
CREATE TABLE settings (
    key   text NOT NULL,
    value text NOT NULL,
    CONSTRAINT settings_pkey PRIMARY KEY (key)
);
