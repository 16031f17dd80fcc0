package attendance

import (
	"context"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/id"
)

// place is a presence as insurance knows it.
func (s Shift) place(a Attendance) insurance.Place {
	return insurance.Place{ShiftID: s.ID, OrganiserID: s.OrganiserID, ActivityID: s.ActivityID, Title: s.Title, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		CancelledAt: s.CancelledAt, ActivityState: s.ActivityState, DecidedAt: s.DecidedAt, SiteOpen: s.SiteOpen,
		AttendanceID: a.ID, In: a.CountedInAt, Out: a.CountedOutAt, Verified: a.State == Verified}
}

// coverAtDoor tells whether who has just come is insured; it does not wait for his hours to be recognised.
func (s *Service) coverAtDoor(ctx context.Context, tx Tx, shift Shift, a Attendance, now time.Time) (insurance.Cover, error) {
	covers, err := insurance.AtDoor(ctx, tx.Insurance(), s.clock.Zone, []insurance.Asked{{VolunteerID: a.VolunteerID, At: now, Place: shift.place(a)}})
	if err != nil {
		return insurance.Cover{}, err
	}
	return covers[0], nil
}

// coverAll tells of each presence that is recorded whether the person was insured when he came, for all in one statement.
func (s *Service) coverAll(ctx context.Context, tx Tx, shifts map[id.ID]Shift, results []Result) error {
	var asked []insurance.Asked
	var of []int
	for i, r := range results {
		if r.Status == Recorded {
			a := *r.Attendance
			asked = append(asked, insurance.Asked{VolunteerID: a.VolunteerID, At: a.CountedInAt, Place: shifts[a.ShiftID].place(a)})
			of = append(of, i)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	covers, err := insurance.AtDoor(ctx, tx.Insurance(), s.clock.Zone, asked)
	for i := range covers {
		results[of[i]].Cover = &covers[i]
	}
	return err
}
