package crowd

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository/bulk"
)

var (
	signUps     = bulk.Table{Name: "sign_ups", Columns: "id, shift_id, volunteer_id, state, starts_at, ends_at, applied_at, changed_at"}
	attendances = bulk.Table{Name: "attendances", Columns: `id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, checked_out_at, counted_in_at,
		counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by, verified_at, verified_by,
		decided_at, decided_by, reason, group_name`}
	changes = bulk.Table{Name: "attendance_changes", Columns: `id, attendance_id, organiser_id, kind, checked_in_at, checked_out_at, reason, state, proposed_at, proposed_by,
		decided_at, decided_by, decision`}
	origins = bulk.Table{Name: "transfer_origins", Columns: "attendance_id, transfer_id, origin_system, origin_id, hash, line"}
	entries = bulk.Table{Name: "ledger_entries", Columns: `id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits,
		worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash`}
	postings = bulk.Table{Name: "ledger_postings", Columns: "entry_id, line, account_id, amount"}
	facts    = bulk.Table{Name: "cube_facts", Columns: `volunteer_id, day, attendance_id, visits, minutes, age, sex, home_code, place_code, camp_code, field_code,
		evidence, organiser_type, organiser_id, party`}
	decreases = bulk.Table{Name: "ledger_decreases", Columns: "entry_id, volunteer_id, posted_at"}
)

// history takes a person's steps of the month in the order in which they happened, and writes down the presences of which
// nothing more is to come. It posts by the same functions as the program does when somebody verifies; only where they would
// read the database, it looks at what it knows.
func (w *worker) history(i int, p *person) error {
	for {
		var next *visit
		for _, v := range p.open {
			if len(v.steps) > 0 && v.steps[0].at.Before(w.m.over) && (next == nil || v.steps[0].at.Before(next.steps[0].at)) {
				next = v
			}
		}
		if next == nil {
			break
		}
		s := next.steps[0]
		next.steps = next.steps[1:]
		if err := w.take(i, p, next, s); err != nil {
			return err
		}
	}
	last := w.index == len(w.months)-1
	ending := w.m.first.Add(w.m.days - 3)
	p.open = slices.DeleteFunc(p.open, func(v *visit) bool {
		waits := len(v.steps) > 0 || v.Day.After(ending) || slices.ContainsFunc(p.open, func(o *visit) bool {
			return o != nil && len(o.steps) > 0 && o.Day.Sub(v.Day) <= 3 && v.Day.Sub(o.Day) <= 3
		})
		if waits && !last {
			return false
		}
		w.keep(v)
		w.count(p, v)
		return true
	})
	if len(p.open) == 0 {
		p.open = nil
	}
	return nil
}

// take lets one step happen.
func (w *worker) take(i int, p *person, v *visit, s step) error {
	before := v.Attendance
	cause := attendance.Cause{Actor: s.by, Now: s.at}
	switch ch := v.change; {
	case !s.change:
		v.State, v.VerifiedAt, v.VerifiedBy = attendance.Verified, &s.at, &s.by
		if v.Evidence == attendance.QR && before.State == attendance.Pending {
			v.VerifiedBy = &id.Nil // the code itself is the second witness
		}
	case ch.Kind == attendance.Reversal:
		cause.Kind, cause.Reason = ledger.Reversal, ch.Reason
		v.State, v.DecidedAt, v.DecidedBy, v.Reason = attendance.Reversed, ch.DecidedAt, ch.DecidedBy, ch.Reason
	default:
		cause.Kind, cause.Reason = ledger.Correction, ch.Reason
		v.CountedInAt, v.CountedOutAt = *ch.CheckedInAt, ch.CheckedOutAt
		v.WorkedMinutes = v.Span().Minutes()
	}
	days := w.touched(p, before, v.Attendance)
	drafts := attendance.Drafts(days, w.Zone, w.rows(p, days), map[id.ID]*attendance.Attendance{v.ID: &v.Attendance}, w.Rules, cause)
	a := p.ledger()
	for _, d := range drafts {
		e, after, err := a.Chain(d, w.drawer.id(s.at), s.at)
		if err != nil {
			return err
		}
		a = after
		w.post(e)
		w.sums.add(i, e)
		if of := p.find(e.SourceID); of != nil {
			of.add(e)
		}
	}
	return p.stand(a)
}

func (p *person) ledger() ledger.Account {
	a := ledger.Account{ID: p.account, Kind: ledger.VolunteerMinutes, OwnerID: p.id, Balance: int64(p.balance), Sequence: int64(p.sequence)}
	if p.sequence > 0 {
		last := time.UnixMicro(p.last).UTC()
		a.Head, a.LastPostedAt = p.head, &last
	}
	return a
}

func (p *person) stand(a ledger.Account) error {
	if a.Balance < 0 {
		return fmt.Errorf("crowd: %w", ledger.ErrOverdrawn)
	}
	p.balance, p.sequence, p.head = int32(a.Balance), int32(a.Sequence), a.Head
	if a.LastPostedAt != nil {
		p.last = a.LastPostedAt.UnixMicro()
	}
	return nil
}

func (p *person) find(presence id.ID) *visit {
	for _, v := range p.open {
		if v.ID == presence {
			return v
		}
	}
	return nil
}

// add keeps what was posted of a presence.
func (v *visit) add(e ledger.Entry) {
	v.RecognisedMinutes += e.Minutes
	for i := range v.posted {
		if s := &v.posted[i]; s.day == e.EffectiveDay {
			s.minutes, s.visits, s.entries = s.minutes+e.Minutes, s.visits+e.Visits, s.entries+1
			return
		}
	}
	v.posted = append(v.posted, posted{e.EffectiveDay, e.Minutes, e.Visits, 1})
}

// touched are the days that either form of a presence touches, in order.
func (w *worker) touched(p *person, before, after attendance.Attendance) []attendance.PersonDay {
	all := append(before.Span().Days(w.Zone), after.Span().Days(w.Zone)...)
	slices.SortFunc(all, calendar.Day.Compare)
	all = slices.Compact(all)
	days := make([]attendance.PersonDay, len(all))
	for i, d := range all {
		days[i] = attendance.PersonDay{VolunteerID: p.id, AccountID: p.account, Day: d, Start: d.Start(w.Zone), End: d.End(w.Zone)}
	}
	return days
}

// rows are a person's presences around days, with what is posted of each on each day.
func (w *worker) rows(p *person, days []attendance.PersonDay) (rows []attendance.DayRow) {
	from, to := days[0].Start.AddDate(0, 0, -2), days[len(days)-1].End.AddDate(0, 0, 2)
	for _, v := range p.open {
		if v.CountedInAt.Before(from) || v.CountedInAt.After(to) {
			continue
		}
		for _, d := range days {
			row := attendance.DayRow{VolunteerID: p.id, Day: d.Day, AttendanceID: v.ID, ShiftID: v.ShiftID, State: v.State, Evidence: v.Evidence,
				FieldCode: v.post.Field, CountedInAt: v.CountedInAt, CountedOutAt: v.CountedOutAt, TravelMinutes: v.TravelMinutes,
				StartsAt: v.starts, EndsAt: v.ends, BreakMinutes: v.post.Rest}
			for _, s := range v.posted {
				if s.day == d.Day {
					row.PostedMinutes, row.PostedVisits, row.PostedEntries = s.minutes, s.visits, s.entries
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// post writes an entry down with its legs.
func (w *worker) post(e ledger.Entry) {
	reductions := "[]"
	if len(e.Reductions) > 0 {
		text, err := json.Marshal(e.Reductions)
		if err != nil {
			panic(err) // plain values always marshal
		}
		reductions = string(text)
	}
	r := &w.entries
	r.Row(19)
	r.ID(e.ID)
	r.ID(e.AccountID)
	r.Bigint(e.Sequence)
	r.Text(string(e.Kind))
	r.ID(e.VolunteerID)
	r.Text(e.SourceType)
	r.ID(e.SourceID)
	r.Day(e.EffectiveDay)
	r.Time(e.PostedAt)
	r.Int(e.Visits)
	r.Int(e.WorkedMinutes)
	r.Text(reductions)
	r.Text(e.FieldCode)
	r.Text(e.Evidence)
	r.Int(e.RuleVersion)
	r.ID(e.ActorID)
	r.Text(e.Reason)
	r.Text(e.PreviousHash)
	r.Text(e.Hash)
	for i, leg := range e.Legs() {
		w.postings.Row(4)
		w.postings.ID(e.ID)
		w.postings.Int(i + 1)
		w.postings.ID(leg.AccountID)
		w.postings.Bigint(leg.Amount)
	}
	if e.Minutes < 0 || e.Visits < 0 {
		w.decreases.Row(3)
		w.decreases.ID(e.ID)
		w.decreases.ID(e.VolunteerID)
		w.decreases.Time(e.PostedAt)
	}
}

// keep writes a presence down as it stands in the end, with its change and where it came from.
func (w *worker) keep(v *visit) {
	r := &w.attendances
	r.Row(24)
	for _, u := range []id.ID{v.ID, v.ShiftID, v.ActivityID, v.OrganiserID, v.VolunteerID} {
		r.ID(u)
	}
	r.Time(v.CheckedInAt)
	r.MaybeTime(v.CheckedOutAt)
	r.Time(v.CountedInAt)
	r.MaybeTime(v.CountedOutAt)
	r.Int(v.TravelMinutes)
	r.Text(string(v.Evidence))
	r.Bool(v.WalkIn)
	r.Text(string(v.State))
	r.Int(v.WorkedMinutes)
	r.Int(v.RecognisedMinutes)
	r.Day(v.Day)
	r.Time(v.RecordedAt)
	r.ID(v.RecordedBy)
	r.MaybeTime(v.VerifiedAt)
	r.MaybeID(v.VerifiedBy)
	r.MaybeTime(v.DecidedAt)
	r.MaybeID(v.DecidedBy)
	r.Text(v.Reason)
	if v.group != "" {
		r.Text(v.group)
	} else {
		r.Null()
	}
	if ch := v.change; ch != nil {
		r := &w.changes
		r.Row(13)
		r.ID(ch.ID)
		r.ID(ch.AttendanceID)
		r.ID(ch.OrganiserID)
		r.Text(string(ch.Kind))
		r.MaybeTime(ch.CheckedInAt)
		r.MaybeTime(ch.CheckedOutAt)
		r.Text(ch.Reason)
		r.Text(string(ch.State))
		r.Time(ch.ProposedAt)
		r.ID(ch.ProposedBy)
		r.MaybeTime(ch.DecidedAt)
		r.MaybeID(ch.DecidedBy)
		r.Text("")
	}
	if v.Evidence == attendance.Imported {
		line := w.moved[v.month].Add(1)
		r := &w.origins
		r.Row(6)
		r.ID(v.ID)
		r.ID(w.months[v.month].transfer)
		r.Text("1365")
		r.Text("D" + hex.EncodeToString(v.ID[6:]))
		r.Text(fmt.Sprintf("%064x", binary.BigEndian.Uint64(v.ID[8:])))
		r.Int(int(line))
	}
}

// count writes what the city's figures are made of, as they would read it from the ledger.
func (w *worker) count(p *person, v *visit) {
	camp, kind, party := "", "demand_site", cube.Individual
	if v.post.house.Camp {
		camp, kind = v.post.house.Region, "camp"
	}
	if v.group != "" {
		party = cube.InGroup
	}
	known := p.counted()
	for _, s := range v.posted {
		for _, f := range known.Facts([]cube.Act{{VolunteerID: p.id, AttendanceID: v.ID, Day: s.day, Visits: s.visits, Minutes: s.minutes, FieldCode: v.post.Field,
			Evidence: string(v.Evidence), PlaceCode: v.post.house.Region, OrganiserType: kind, OrganiserID: v.post.house.ID, CampCode: camp, Party: party}}) {
			r := &w.facts
			r.Row(15)
			r.ID(f.VolunteerID)
			r.Day(f.Day)
			r.ID(f.AttendanceID)
			r.Int(f.Visits)
			r.Int(f.Minutes)
			r.Int(f.Age)
			for _, text := range []string{f.Sex, f.HomeCode, f.PlaceCode, f.CampCode, f.FieldCode, f.Evidence, f.OrganiserType} {
				r.Text(text)
			}
			r.ID(f.OrganiserID)
			r.Text(f.Party)
		}
	}
}
