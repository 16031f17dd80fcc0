package crowd

import (
	"context"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository/bulk"
)

var (
	shifts       = bulk.Table{Name: "shifts", Columns: "id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret"}
	transfers    = bulk.Table{Name: "transfers", Columns: "id, system, file_hash, lines, imported, imported_at, imported_by"}
	books        = bulk.Table{Name: "ledger_accounts", Columns: "id, kind, owner_id, unit, balance, sequence, head, last_posted_at"}
	personMonths = bulk.Table{Name: "person_months", Columns: "volunteer_id, month, minutes, visits"}
	personYears  = bulk.Table{Name: "person_years", Columns: "volunteer_id, year, minutes, visits, reversed"}
	personFields = bulk.Table{Name: "person_fields", Columns: "volunteer_id, field_code, minutes"}
)

// sums are what everybody has by month and field, in as little room as may be: a month has fewer minutes than 65,536.
type sums struct {
	first    calendar.Day
	months   int
	minutes  []uint16 // by person and month
	visits   []uint8
	seen     []uint64         // the months that have an entry, by person
	reversed []map[int]int    // by person, and year; most have none
	fields   [][]fieldMinutes // by person
}

type fieldMinutes struct {
	code    string
	minutes int32
}

func newSums(people, months int, first calendar.Day) sums {
	return sums{first, months, make([]uint16, people*months), make([]uint8, people*months), make([]uint64, people), make([]map[int]int, people),
		make([][]fieldMinutes, people)}
}

// add adds an entry to the sums of a person; two persons may be added to at once.
func (s *sums) add(person int, e ledger.Entry) {
	year := e.EffectiveDay.Year()
	m := (year-s.first.Year())*12 + int(e.EffectiveDay.Month()) - int(s.first.Month())
	s.minutes[person*s.months+m] = uint16(int(s.minutes[person*s.months+m]) + e.Minutes)
	s.visits[person*s.months+m] = uint8(int(s.visits[person*s.months+m]) + e.Visits)
	s.seen[person] |= 1 << m
	if e.Kind == ledger.Reversal {
		if s.reversed[person] == nil {
			s.reversed[person] = map[int]int{}
		}
		s.reversed[person][year] -= e.Minutes
	}
	for i := range s.fields[person] {
		if f := &s.fields[person][i]; f.code == e.FieldCode {
			f.minutes += int32(e.Minutes)
			return
		}
	}
	s.fields[person] = append(s.fields[person], fieldMinutes{e.FieldCode, int32(e.Minutes)})
}

func (l *loader) writeSums(ctx context.Context) error {
	s := &l.sums
	if err := l.sending(ctx, personMonths, s.months*len(l.people), func(n int, r *bulk.Rows) {
		m, i := n/len(l.people), n%len(l.people)
		if s.seen[i]&(1<<m) == 0 {
			return
		}
		r.Row(4)
		r.ID(l.people[i].id)
		r.Day(s.first.AddMonths(m))
		r.Bigint(int64(s.minutes[i*s.months+m]))
		r.Int(int(s.visits[i*s.months+m]))
	}); err != nil {
		return err
	}
	if err := l.sending(ctx, personYears, len(l.people), func(i int, r *bulk.Rows) {
		for m := 0; m < s.months; {
			year, minutes, visits, some := s.first.AddMonths(m).Year(), 0, 0, false
			for ; m < s.months && s.first.AddMonths(m).Year() == year; m++ {
				minutes, visits = minutes+int(s.minutes[i*s.months+m]), visits+int(s.visits[i*s.months+m])
				some = some || s.seen[i]&(1<<m) != 0
			}
			if some {
				r.Row(5)
				r.ID(l.people[i].id)
				r.Int(year)
				r.Bigint(int64(minutes))
				r.Int(visits)
				r.Bigint(int64(s.reversed[i][year]))
			}
		}
	}); err != nil {
		return err
	}
	return l.sending(ctx, personFields, len(l.people), func(i int, r *bulk.Rows) {
		for _, f := range s.fields[i] {
			r.Row(3)
			r.ID(l.people[i].id)
			r.Text(f.code)
			r.Bigint(int64(f.minutes))
		}
	})
}

func (l *loader) writeShifts(ctx context.Context) error {
	return l.sending(ctx, shifts, l.span*len(l.posts), func(n int, r *bulk.Rows) {
		day, p := l.First.Add(n/len(l.posts)), l.posts[n%len(l.posts)]
		if !p.house.open(day) || !takesPlace(p.kind, day) {
			return
		}
		starts := l.starts(p, day)
		taken := int(l.taken[p.number*l.span+day.Sub(l.First)])
		r.Row(9)
		r.ID(l.shift(p, day))
		r.ID(p.ID)
		r.ID(p.house.ID)
		r.Time(starts)
		r.Time(p.ends(starts))
		r.Int(p.Rest)
		r.Int(max(p.Capacity, (taken+4)/5*5)) // who lists something has room for those who signed up
		r.Int(taken)
		r.Text(id.Secret())
	})
}

func (l *loader) writeTransfers(ctx context.Context) error {
	return l.sending(ctx, transfers, len(l.months), func(m int, r *bulk.Rows) {
		moved := int(l.moved[m].Load())
		if moved == 0 {
			return
		}
		r.Row(7)
		r.ID(l.months[m].transfer)
		r.Text("1365")
		r.Text(id.Secret())
		r.Int(moved)
		r.Int(moved)
		r.Time(l.months[m].sent)
		r.ID(l.Officers[0])
	})
}

func (l *loader) writeBooks(ctx context.Context) error {
	return l.sending(ctx, books, len(l.people), func(i int, r *bulk.Rows) {
		a := l.people[i].ledger()
		r.Row(8)
		r.ID(a.ID)
		r.Text(string(a.Kind))
		r.ID(a.OwnerID)
		r.Text("minute")
		r.Bigint(a.Balance)
		r.Bigint(a.Sequence)
		r.Text(a.Head)
		r.MaybeTime(a.LastPostedAt)
	})
}
