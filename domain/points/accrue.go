package points

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// Rate is what recognised minutes are worth.
type Rate struct {
	PerHour int // points for 60 recognised minutes, e.g. 240 (Jeonju), 300 (Suwon), 1,000 (Seodaemun, Gwangjin)
	Cap     int // the most per person and year, e.g. 100,000 (Seodaemun); 0 for none
}

// Worth is what the recognised minutes of a year are worth together. It is rounded down once, over the whole sum: minutes
// that are worth less than a point wait for the next ones, and the same minutes are worth the same however they were posted.
func (r Rate) Worth(minutes int) int {
	worth := max(0, minutes) * r.PerHour / 60
	if r.Cap > 0 {
		worth = min(worth, r.Cap)
	}
	return worth
}

// Due is what a person is to have been granted by a programme for one of its years, less what was asked back. Who is not
// eligible is granted nothing more; he keeps what is due to him.
type Due struct {
	VolunteerID id.ID
	Year        int
	Points      int
	Eligible    bool
	ExpiresOn   calendar.Day // of what is granted now; no day: never
	Donatable   bool
}

// Accrued is what an accrual did.
type Accrued struct {
	Persons       int // whose points changed
	Granted       int
	TakenBack     int // asked back
	WaitingPoints int
	Waiting       []id.ID   // persons for whom the budget had not enough left; they are served when it is funded and this runs again
	Changed       []Brought // in the order of persons and years, take-backs first
}

// Brought is how a person's points of a programme's year were brought to what is due.
type Brought struct {
	VolunteerID   id.ID
	Year          int
	Before, After int
	EntryID       id.ID // the grant, or the taking back
}

// Accrue (적립) brings persons' points of a programme up to what is due: it grants the difference or takes it back. Count tells,
// with one query for all of them, what is due; it is asked when nobody can post to their minutes any more, and years that
// it leaves out have nothing due. Running it again changes nothing, so a run over the whole city goes on where it was cut
// short; some hundred persons a call keep the locks short. While the budget lasts, persons are served in the order of their
// ids, and whoever does not get all of his year waits for all of it. Errors: points.budget_not_found.
func Accrue(ctx context.Context, tx Ports, programme id.ID, persons []id.ID, count func(ctx context.Context, persons []id.ID) ([]Due, error),
	c Cause) (Accrued, error) {
	var done Accrued
	if len(persons) == 0 {
		return done, nil
	}
	persons = slices.Clone(persons)
	slices.SortFunc(persons, func(x, y id.ID) int { return bytes.Compare(x[:], y[:]) })
	persons = slices.Compact(persons)
	if _, err := tx.Ledger().Lock(ctx, persons); err != nil {
		return done, err
	}
	due, err := count(ctx, persons)
	if err != nil {
		return done, err
	}
	b, err := open(ctx, tx, c, persons, []id.ID{programme})
	if err != nil {
		return done, err
	}
	pot, ok := b.budgets[programme]
	if !ok {
		return done, ErrNoBudget
	}
	standings, err := tx.Points().Standings(ctx, programme, persons)
	if err != nil {
		return done, err
	}
	var claims []Claim
	steps := []int{} // of Changed
	all := everyYear(due, standings)
	for _, d := range all {
		if s := standings[d.VolunteerID][d.Year]; s.net() > d.Points {
			claims = append(claims, Claim{d.VolunteerID, programme, s.net() - d.Points, d.Year})
			done.Changed = append(done.Changed, Brought{d.VolunteerID, d.Year, s.net(), d.Points, id.Nil})
			done.TakenBack += s.net() - d.Points
			steps = append(steps, len(b.steps)+len(claims)-1)
		}
	}
	if err := b.takeAllBack(ctx, tx, claims, standings); err != nil {
		return done, err
	}
	for _, d := range all {
		before := standings[d.VolunteerID][d.Year].net()
		switch more := d.Points - before; {
		case more <= 0 || !d.Eligible:
		case pot.account.Balance < int64(more):
			done.Waiting = append(done.Waiting, d.VolunteerID)
			done.WaitingPoints += more
		default:
			steps = append(steps, len(b.steps))
			b.grant(b.wallets[d.VolunteerID], Gift{VolunteerID: d.VolunteerID, ProgrammeID: programme, Points: more, Year: d.Year,
				ExpiresOn: d.ExpiresOn, Donatable: d.Donatable})
			done.Changed = append(done.Changed, Brought{d.VolunteerID, d.Year, before, d.Points, id.Nil})
			done.Granted += more
		}
	}
	done.Waiting = slices.Compact(done.Waiting)
	entries, err := b.post(ctx, tx)
	if err != nil {
		return done, err
	}
	done.told(entries, steps)
	return done, nil
}

// told fills in the entries of what changed, and counts whose points did.
func (a *Accrued) told(entries []ledger.Entry, steps []int) {
	persons := map[id.ID]bool{}
	for i := range a.Changed {
		a.Changed[i].EntryID = entries[steps[i]].ID
		persons[a.Changed[i].VolunteerID] = true
	}
	a.Persons = len(persons)
}

// everyYear is what is due in each year of each person, and nothing in those in which he has something and nothing is due,
// in the order of persons and years.
func everyYear(due []Due, standings map[id.ID]map[int]Standing) []Due {
	type year struct {
		volunteer id.ID
		year      int
	}
	all := map[year]Due{}
	for v, years := range standings {
		for y := range years {
			all[year{v, y}] = Due{VolunteerID: v, Year: y}
		}
	}
	for _, d := range due {
		all[year{d.VolunteerID, d.Year}] = d
	}
	return slices.SortedFunc(maps.Values(all), func(x, y Due) int {
		return cmp.Or(bytes.Compare(x.VolunteerID[:], y.VolunteerID[:]), cmp.Compare(x.Year, y.Year))
	})
}
