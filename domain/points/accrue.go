package points

import (
	"bytes"
	"context"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Accrual (적립) are a programme's parameters for one of its years.
type Accrual struct {
	ProgrammeID id.ID
	Year        int
	PerHour     int          // points for 60 recognised minutes, e.g. 240 (Jeonju), 300 (Suwon), 1,000 (Seodaemun, Gwangjin)
	Cap         int          // the most per person and year, e.g. 100,000 (Seodaemun); 0 for none
	ExpiresOn   calendar.Day // of what is granted now; no day: never
}

// Worth is what the recognised minutes of a year are worth together. It is rounded down once, over the whole sum: minutes
// that are worth less than a point wait for the next ones, and the same minutes are worth the same however they were posted.
func (a Accrual) Worth(minutes int) int {
	worth := max(0, minutes) * a.PerHour / 60
	if a.Cap > 0 {
		worth = min(worth, a.Cap)
	}
	return worth
}

// Counted are the recognised minutes of a person that count for a programme's year. Who is not eligible is granted nothing
// more; he keeps what his minutes are worth.
type Counted struct {
	VolunteerID id.ID
	Minutes     int
	Eligible    bool
}

// Accrued is what an accrual did.
type Accrued struct {
	Persons       int // whose points changed
	Granted       int
	TakenBack     int // asked back
	Waiting       int // persons for whom the budget had not enough left; they are served when it is funded and this runs again
	WaitingPoints int
}

// Accrue brings persons' points up to what their minutes are worth: it grants the difference or takes it back. Count tells,
// with one query for all of them, what counts; it is asked when nobody can post to their minutes any more, and whom it
// leaves out has none. Running it again changes nothing, so a run over the whole city goes on where it was cut short; some
// hundred persons a call keep the locks short. While the budget lasts, persons are served in the order of their ids, and
// whoever does not get all of his waits for all of it. Errors: points.budget_not_found.
func Accrue(ctx context.Context, tx Ports, a Accrual, persons []id.ID, count func(ctx context.Context, persons []id.ID) ([]Counted, error),
	c Cause) (Accrued, error) {
	var done Accrued
	if len(persons) == 0 {
		return done, nil
	}
	if _, err := tx.Ledger().Lock(ctx, persons); err != nil {
		return done, err
	}
	counted, err := count(ctx, persons)
	if err != nil {
		return done, err
	}
	of := make(map[id.ID]Counted, len(counted))
	for _, n := range counted {
		of[n.VolunteerID] = n
	}
	persons = slices.Clone(persons)
	slices.SortFunc(persons, func(x, y id.ID) int { return bytes.Compare(x[:], y[:]) })
	persons = slices.Compact(persons)
	b, err := open(ctx, tx, c, persons, []id.ID{a.ProgrammeID})
	if err != nil {
		return done, err
	}
	pot, ok := b.budgets[a.ProgrammeID]
	if !ok {
		return done, ErrNoBudget
	}
	standings, err := tx.Points().Standings(ctx, a.ProgrammeID, a.Year, persons)
	if err != nil {
		return done, err
	}
	var claims []Claim
	for _, v := range persons {
		if less := standings[v].net() - a.Worth(of[v].Minutes); less > 0 {
			claims = append(claims, Claim{v, a.ProgrammeID, less, a.Year})
			done.TakenBack += less
		}
	}
	if err := b.takeAllBack(ctx, tx, claims, standings); err != nil {
		return done, err
	}
	done.Persons = len(claims)
	for _, v := range persons {
		more := a.Worth(of[v].Minutes) - standings[v].net()
		switch {
		case more <= 0 || !of[v].Eligible:
		case pot.account.Balance < int64(more):
			done.Waiting++
			done.WaitingPoints += more
		default:
			b.grant(b.wallets[v], Gift{VolunteerID: v, ProgrammeID: a.ProgrammeID, Points: more, Year: a.Year, ExpiresOn: a.ExpiresOn})
			done.Persons++
			done.Granted += more
		}
	}
	_, err = b.post(ctx, tx)
	return done, err
}
