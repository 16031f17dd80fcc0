package repository

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
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
		return "(SELECT * FROM json_to_recordset(?::json) AS t(" + columns + ") LIMIT (SELECT 1000000)) AS r"
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

// JSON writes rows in the form that Records reads; instants become TimeLayout, which both databases read. It stands in
// the way of every write, so the usual values are written without reflection.
func JSON(rows []Row) string {
	b := append(make([]byte, 0, 64+len(rows)*512), '[')
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		first := true
		for name, value := range row {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(append(append(b, '"'), name...), '"', ':')
			b = appendValue(b, value)
		}
		b = append(b, '}')
	}
	return string(append(b, ']'))
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case id.ID:
		return appendText(b, v.String())
	case string:
		return appendText(b, v)
	case time.Time:
		return append(v.UTC().AppendFormat(append(b, '"'), TimeLayout), '"')
	case *string:
		if v == nil {
			return append(b, "null"...)
		}
		return appendText(b, *v)
	case *id.ID:
		if v == nil {
			return append(b, "null"...)
		}
		return appendText(b, v.String())
	case *time.Time:
		if v == nil {
			return append(b, "null"...)
		}
		return append(v.UTC().AppendFormat(append(b, '"'), TimeLayout), '"')
	}
	return appendMarshalled(b, value)
}

// appendText quotes a text; one that needs more than quotes is left to the library.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return appendMarshalled(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendMarshalled(b []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // rows hold plain values only
	}
	return append(b, text...)
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
