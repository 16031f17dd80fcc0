package programme

import (
	"cmp"
	"context"
	"slices"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// Mine is what a person has, could have and had.
type Mine struct {
	Day       calendar.Day
	Holdings  []MyHolding // the newest first
	Claimable []Standing  // now
	Next      []Standing  // where only something is missing that he can still do; the nearest first
	Others    []Standing  // which he cannot have, and why
}

// MyHolding is a holding with the programme and terms that it is of.
type MyHolding struct {
	Kept
	State     State // today
	Programme Programme
	Terms     Terms
}

// Mine tells the caller what he holds, what he could claim now, what is next, and what was taken back and why. What he has
// lost meanwhile is taken back before it is told. Errors: ledger.no_person.
func (s *Service) Mine(ctx context.Context) (Mine, error) {
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return Mine{}, ledger.ErrNoPerson
	}
	now := s.clock.Now()
	mine, stale, err := s.look(ctx, me, now)
	if err != nil || !stale {
		return mine, err
	}
	if err := s.Review(ctx, me); err != nil {
		return Mine{}, err
	}
	mine, _, err = s.look(ctx, me, now)
	return mine, err
}

// look reads how a person stands; stale tells that something has to be taken back first.
func (s *Service) look(ctx context.Context, volunteer id.ID, now time.Time) (mine Mine, stale bool, err error) {
	today := s.clock.Day(now)
	err = s.store.View(ctx, func(ctx context.Context, tx Tx) error {
		me, err := load(ctx, tx, volunteer, true)
		if err != nil {
			return err
		}
		_, steps := me.review(now, today)
		stale = len(steps) > 0 || me.unsettled(today)
		mine = Mine{Day: today, Holdings: []MyHolding{}, Claimable: []Standing{}, Next: []Standing{}, Others: []Standing{}}
		for _, k := range slices.Backward(me.kept) {
			w := me.programmes[k.ProgrammeID]
			v, _ := w.Number(k.Number)
			mine.Holdings = append(mine.Holdings, MyHolding{k, k.StateOn(today), w.Programme, v.Terms})
		}
		for _, w := range me.programmes {
			st, err := s.standing(ctx, tx, w, me, today)
			if err != nil {
				return err
			}
			mine.file(st)
		}
		mine.order()
		return nil
	})
	return mine, stale, err
}

// file puts a standing where it belongs. What one has already stands among the holdings, what is closed nowhere.
func (m *Mine) file(st Standing) {
	soon := func(reason string) bool {
		return reason == NotYet || reason == OutOfSeason || reason == NotRanked || reason == TooFew
	}
	switch {
	case slices.Contains(st.Reasons, Closed), slices.Contains(st.Reasons, NotBegun), slices.Contains(st.Reasons, HasIt):
	case len(st.Reasons) == 0:
		m.Claimable = append(m.Claimable, st)
	case !slices.ContainsFunc(st.Reasons, func(r string) bool { return !soon(r) }):
		m.Next = append(m.Next, st)
	default:
		m.Others = append(m.Others, st)
	}
}

func (m *Mine) order() {
	byCode := func(a, b Standing) int { return cmp.Compare(a.Programme.Code, b.Programme.Code) }
	slices.SortFunc(m.Claimable, byCode)
	slices.SortFunc(m.Others, byCode)
	slices.SortFunc(m.Next, func(a, b Standing) int {
		x, y := a.share(), b.share()
		return cmp.Or(cmp.Compare(y, x), byCode(a, b))
	})
}

// share is how much of what is wanted is there, in thousandths of the requirement that lacks most.
func (st Standing) share() int {
	best := map[int]int{}
	for _, m := range st.Measured {
		best[m.Requirement] = max(best[m.Requirement], min(1000, m.Value*1000/m.AtLeast))
	}
	least := 1000
	for _, share := range best {
		least = min(least, share)
	}
	return least
}

// Get finds a programme. Anybody signed in may read it: there is nobody in it.
func (s *Service) Get(ctx context.Context, programme id.ID) (Whole, error) {
	return s.reader.One(ctx, programme)
}

// Claims lists the claims on a programme that wait for approval. Errors: auth.forbidden, programme.not_found, page.cursor.
func (s *Service) Claims(ctx context.Context, programme id.ID, p page.Request) (page.Page[Claimed], error) {
	camps, all, err := CanSeeClaims(auth.From(ctx))
	if err != nil {
		return page.Page[Claimed]{}, err
	}
	w, err := s.reader.One(ctx, programme)
	if err != nil {
		return page.Page[Claimed]{}, err
	}
	if !all && !slices.ContainsFunc(w.Versions, func(v Version) bool { return v.Terms.Approval == CampApproves }) {
		return page.Page[Claimed]{}, auth.ErrForbidden
	}
	return s.reader.Claims(ctx, programme, camps, all, p)
}
