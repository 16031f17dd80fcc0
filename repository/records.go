package repository

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dure/domain/kernel/id"
)

// Records is a table made of a parameter: many rows travel in one statement, whose text does not
// depend on their number. Columns is a list such as "id uuid, at timestamptz, minutes int"; the
// returned SQL is a FROM item named r with exactly one parameter, to be filled with JSON(rows).
func (tx *Tx) Records(columns string) string {
	if tx.Postgres() {
		// PostgreSQL takes any set made of JSON for a hundred rows, and reads whole tables for the sake of one. Of a limit
		// that it learns only when it runs, it expects a tenth of that: index lookups, which are right for few and for many.
		return "(SELECT * FROM jsonb_to_recordset(?::jsonb) AS t(" + columns + ") LIMIT (SELECT 1000000)) AS r"
	}
	var b strings.Builder
	for i, column := range strings.Split(columns, ",") {
		name := strings.Fields(column)[0]
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "value ->> '$.%s' AS %s", name, name)
	}
	return "(SELECT " + b.String() + " FROM jsonb_each(?)) AS r"
}

// Row is one row of Records: column name to value.
type Row map[string]any

// JSON writes rows in the form that Records reads; instants become TimeLayout, which both databases read.
func JSON(rows []Row) string {
	for _, row := range rows {
		for name, value := range row {
			switch v := value.(type) {
			case time.Time:
				row[name] = v.UTC().Format(TimeLayout)
			case *time.Time:
				if v != nil {
					row[name] = v.UTC().Format(TimeLayout)
				}
			}
		}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err) // rows hold plain values only
	}
	return string(b)
}

// Instant is a time column as SQLite gives it back from an expression, where its type is lost.
type Instant struct{ time.Time }

// Value writes the instant like any other.
func (i Instant) Value() (driver.Value, error) { return i.Time, nil }

// GormDataType tells the mapper that an Instant is a value.
func (Instant) GormDataType() string { return "time" }

// Scan reads what either driver gives.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		i.Time = time.Time{}
	case time.Time:
		i.Time = v.UTC()
	case string:
		t, err := time.Parse(TimeLayout, v)
		if err != nil {
			return err
		}
		i.Time = t.UTC()
	default:
		return fmt.Errorf("repository: cannot read %T as an instant", src)
	}
	return nil
}

// IDs writes ids in the form that Records("id uuid") reads.
func IDs(ids []id.ID) string {
	rows := make([]Row, len(ids))
	for i, v := range ids {
		rows[i] = Row{"id": v}
	}
	return JSON(rows)
}
