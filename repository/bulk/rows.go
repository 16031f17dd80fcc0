// Package bulk fills whole tables of PostgreSQL: rows are copied in its binary form, and indexes are made afterwards.
package bulk

import (
	"encoding/binary"
	"io"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Table is a table with the columns that are copied, in their order. Its rows carry no names, so their values must be written in
// just this order.
type Table struct {
	Name    string
	Columns string // by comma
}

// Rows are rows of one table in the form of COPY … (FORMAT binary): begin each with Row, then write its values.
type Rows struct {
	data  []byte
	count int
}

var (
	begin = []byte("PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00") // no flags, no extension
	end   = []byte{0xff, 0xff}
	// PostgreSQL counts days and microseconds from here.
	firstDay     = calendar.Date(2000, 1, 1)
	firstInstant = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// Count tells how many rows there are.
func (r *Rows) Count() int { return r.count }

// Reset forgets all rows and keeps their room.
func (r *Rows) Reset() { r.data, r.count = r.data[:0], 0 }

// Row begins the next row, of so many values.
func (r *Rows) Row(values int) {
	r.data = binary.BigEndian.AppendUint16(r.data, uint16(values))
	r.count++
}

func (r *Rows) length(n uint32) { r.data = binary.BigEndian.AppendUint32(r.data, n) }

// Null writes no value.
func (r *Rows) Null() { r.length(0xffffffff) }

// ID writes a uuid.
func (r *Rows) ID(v id.ID) {
	r.length(16)
	r.data = append(r.data, v[:]...)
}

// MaybeID writes a uuid, or no value for nil.
func (r *Rows) MaybeID(v *id.ID) {
	if v == nil {
		r.Null()
		return
	}
	r.ID(*v)
}

// Text writes a text.
func (r *Rows) Text(v string) {
	r.length(uint32(len(v)))
	r.data = append(r.data, v...)
}

// Int writes an integer.
func (r *Rows) Int(v int) {
	r.length(4)
	r.data = binary.BigEndian.AppendUint32(r.data, uint32(int32(v)))
}

// Bigint writes a bigint.
func (r *Rows) Bigint(v int64) {
	r.length(8)
	r.data = binary.BigEndian.AppendUint64(r.data, uint64(v))
}

// Bool writes a boolean.
func (r *Rows) Bool(v bool) {
	r.length(1)
	b := byte(0)
	if v {
		b = 1
	}
	r.data = append(r.data, b)
}

// Day writes a date.
func (r *Rows) Day(v calendar.Day) { r.Int(v.Sub(firstDay)) }

// Time writes a timestamptz.
func (r *Rows) Time(v time.Time) { r.Bigint(v.UnixMicro() - firstInstant) }

// MaybeTime writes a timestamptz, or no value for nil.
func (r *Rows) MaybeTime(v *time.Time) {
	if v == nil {
		r.Null()
		return
	}
	r.Time(*v)
}

// reader is what COPY reads.
func (r *Rows) reader() io.Reader {
	return &stream{parts: [][]byte{begin, r.data, end}}
}

// stream reads one slice after the other. It hands out as much as is asked for at once.
type stream struct{ parts [][]byte }

func (s *stream) Read(p []byte) (n int, err error) {
	for len(s.parts) > 0 && n < len(p) {
		m := copy(p[n:], s.parts[0])
		n += m
		if s.parts[0] = s.parts[0][m:]; len(s.parts[0]) == 0 {
			s.parts = s.parts[1:]
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (t Table) statement(frozen bool) string {
	options := "FORMAT binary"
	if frozen {
		options += ", FREEZE"
	}
	return `COPY ` + t.Name + ` (` + strings.Join(strings.Fields(t.Columns), " ") + `) FROM STDIN (` + options + `)`
}
