package repository

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Few ends the query of a set made of a parameter on PostgreSQL. Of a limit that it learns only when it runs, it expects a tenth of
// what it expects of the set, whatever is in it: index lookups, which are right for few and for many, planned once for all.
const Few = "LIMIT (SELECT 1000000)"

// Records is a table made of a parameter: many rows travel in one statement, whose text does not
// depend on their number. Columns is a list such as "id uuid, at timestamptz, minutes int"; the
// returned SQL is a FROM item named r with exactly one parameter, to be filled with JSON(rows).
func (tx *Tx) Records(columns string) string {
	if tx.Postgres() {
		// PostgreSQL takes any set made of JSON for a hundred rows, and reads whole tables for the sake of one.
		return "(SELECT * FROM json_to_recordset(?::json) AS t(" + columns + ") " + Few + ") AS r"
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

// Alike is Records together with its rows, of which most say the same of some columns: what the first row says of those, none of which
// may be NULL, is an argument of its own, and a row that says so too leaves it out. The presences of a batch have most in common,
// and every word is written once and parsed once. All rows name the same columns in the same order.
func (tx *Tx) Alike(columns string, rows []Row, often ...string) (from string, args []any) {
	if len(rows) == 0 {
		return tx.Records(columns), []any{JSON(rows)}
	}
	first, shared := rows[0], make([]bool, len(rows[0]))
	said := make([]string, 0, len(first)/2)
	for k := 0; k < len(first); k += 2 {
		column := "r." + first[k].(string)
		if shared[k] = slices.Contains(often, first[k].(string)); shared[k] {
			column, args = "COALESCE("+column+", ?) AS "+column[2:], append(args, first[k+1])
		}
		said = append(said, column)
	}
	less := make([]Row, len(rows))
	for i, row := range rows {
		less[i] = make(Row, 0, len(row))
		for k := 0; k < len(row); k += 2 {
			if !shared[k] || row[k+1] != first[k+1] {
				less[i] = append(less[i], row[k], row[k+1])
			}
		}
	}
	return "(SELECT " + strings.Join(said, ", ") + " FROM " + tx.Records(columns) + ") AS r", append(args, JSON(less))
}

// Scanner is the row at hand of a query, whose columns are read in turn.
type Scanner interface{ Scan(into ...any) error }

// Each goes through the rows of a query by hand, one after the other, and past the mapper; on PostgreSQL past database/sql, too, which
// boxes every value: where there are many of them, or many who ask, those take as long as the database. Every ? is an argument, and
// every argument a single value (on PostgreSQL an array is one). Read asks nothing of the database itself: the connection is still giving its rows.
func (tx *Tx) Each(read func(Scanner) error, query string, args ...any) error {
	ctx := tx.Statement.Context
	if tx.Postgres() {
		query = numbered(query)
		if done, err := tx.eachNative(ctx, read, query, args); done {
			return err
		}
	}
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return through(rows, read)
}

// through reads all rows that a driver or database/sql gives.
func through(rows interface {
	Scanner
	Next() bool
	Err() error
}, read func(Scanner) error) error {
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// numbered writes the arguments of a query as PostgreSQL names them.
func numbered(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		if b.WriteString(before); !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}

// Row is one row of Records: names of columns and their values in turn, such as Row{"id", a.ID, "minutes", 30}.
type Row []any

// JSON writes rows in the form that Records reads; instants become TimeLayout, which both databases read. It stands in
// the way of every write, so the usual values are written without reflection.
func JSON(rows []Row) string {
	b := append(make([]byte, 0, 64+len(rows)*512), '[')
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for k := 0; k < len(row); k += 2 {
			if k > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), row[k].(string)...), '"', ':')
			b = appendValue(b, row[k+1])
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
		return appendID(b, v)
	case string:
		return appendText(b, v)
	case time.Time:
		return appendInstant(b, v)
	case calendar.Day:
		if v.IsZero() {
			return append(b, "null"...)
		}
		return appendText(b, v.String())
	case *string:
		if v != nil {
			return appendText(b, *v)
		}
	case *id.ID:
		if v != nil {
			return appendID(b, *v)
		}
	case *time.Time:
		if v != nil {
			return appendInstant(b, *v)
		}
	case json.Marshaler:
		return appendMarshalled(b, value)
	default:
		if of := reflect.ValueOf(value); of.Kind() == reflect.String { // a state, a kind
			return appendText(b, of.String())
		}
		return appendMarshalled(b, value)
	}
	return append(b, "null"...)
}

func appendID(b []byte, v id.ID) []byte {
	b = append(b, '"')
	for i, part := range [][]byte{v[:4], v[4:6], v[6:8], v[8:10], v[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return append(b, '"')
}

func appendInstant(b []byte, v time.Time) []byte {
	return append(v.UTC().AppendFormat(append(b, '"'), TimeLayout), '"')
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
		rows[i] = Row{"id", v}
	}
	return JSON(rows)
}
