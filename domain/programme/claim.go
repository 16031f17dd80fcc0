package programme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
	"dure/domain/voucher"
)

// Claim asks for the benefit of a programme.
type Claim struct {
	Programme id.ID
	CarPlate  string   // where the benefit is one per car
	Declared  []string // what the terms ask one to declare
}

// Standing is how a person stands to a programme on a day.
type Standing struct {
	Programme Programme
	Version   Version
	Measured  []Measured
	Place     *Placed  // in the last evaluation, where the terms rank
	Reasons   []string // why he cannot claim; none when he can
}

// Stand tells how a person stands to a programme, but for its budget; codes gives programmes by code, for exchanges.
func Stand(w Whole, f Facts, a Atlas, kept []Kept, codes map[string]id.ID, place *Placed, day calendar.Day) Standing {
	v, ok := w.On(day)
	st := Standing{Programme: w.Programme, Version: v, Place: place, Reasons: []string{}}
	if !ok {
		st.Reasons = append(st.Reasons, NotBegun)
		if w.closed(day) {
			st.Reasons[0] = Closed
		}
		return st
	}
	t := v.Terms
	st.Measured = t.Measure(f, a, day)
	var has, had bool
	thisYear, held := 0, 0
	for _, k := range kept {
		state := k.StateOn(day)
		if t.Exchange != nil && k.ProgrammeID == codes[t.Exchange.Programme] && k.exchangeable(day) {
			held++
		}
		if k.ProgrammeID != w.ID || state == Refused || state == TakenBack {
			continue
		}
		live := state == Held || state == Requested
		has = has || live && k.Period == t.period(day)
		had = had || !live && (t.Repeat == Once || t.Repeat == EachWindow && k.Period == t.period(day))
		if k.ClaimedOn.Year() == day.Year() {
			thisYear++
		}
	}
	add := func(bar bool, reason string) {
		if bar {
			st.Reasons = append(st.Reasons, reason)
		}
	}
	begins := t.begins(day)
	ends := t.Validity.ends(begins)
	add(has, HasIt)
	add(had, HadIt)
	st.Reasons = append(st.Reasons, t.Person.barred(f, a, day)...)
	add(!met(st.Measured), NotYet)
	add(t.Ranking != nil && !t.wins(f, a, place), NotRanked)
	add(!t.inSeason(day), OutOfSeason)
	add(!ends.IsZero() && ends.Before(begins), Ended)
	add(t.PerYear > 0 && thisYear >= t.PerYear, YearFull)
	add(t.Exchange != nil && held < t.Exchange.Count, TooFew)
	return st
}

// wins tells whether a person was among the first, and still has what that took.
func (t Terms) wins(f Facts, a Atlas, p *Placed) bool {
	return p != nil && p.Place > 0 && p.Place <= t.Ranking.Top && t.Ranking.condition(p.CutOff).measured(f, a, t.Ranking.Window.On(p.Day), 0) >= p.CutOff
}

func (r Ranking) condition(atLeast int) Condition {
	return Condition{r.Measure, atLeast, r.Window, r.Scope, r.Entries}
}

// condition finds what a basis measured.
func (t Terms) condition(b Basis) Condition {
	if b.Requirement == len(t.Requirements) {
		return t.Ranking.condition(b.AtLeast)
	}
	return t.Requirements[b.Requirement].AnyOf[b.Line]
}

func (st Standing) bases(holding id.ID, f Facts, a Atlas) []Basis {
	bases := make([]Basis, 0, len(st.Measured)+1)
	for _, m := range st.Measured {
		bases = append(bases, Basis{holding, m.Requirement, m.Line, m.Measure, m.Span.From, m.Span.To, m.AtLeast, m.Value})
	}
	if t := st.Version.Terms; t.Ranking != nil {
		span := t.Ranking.Window.On(st.Place.Day)
		bases = append(bases, Basis{holding, len(t.Requirements), 0, t.Ranking.Measure, span.From, span.To, st.Place.CutOff,
			t.Ranking.condition(0).measured(f, a, span, 0)})
	}
	return bases
}

// overBudget tells whether one more would be too many.
func (t Terms) overBudget(holdings, won int64) bool {
	b := t.Budget
	return b.Holdings > 0 && holdings+1 > int64(b.Holdings) || b.Won > 0 && won+int64(t.Benefit.Won) > int64(b.Won)
}

// years gives the days that a budget is for.
func (b Budget) span(day calendar.Day) Span {
	if b.Each == EachYear {
		return Span{calendar.Date(day.Year(), 1, 1), calendar.Date(day.Year(), 12, 31)}
	}
	return Span{calendar.Date(1900, 1, 1), calendar.Date(2100, 12, 31)}
}

// Claim gives the caller what he has earned, or the holding that he has already; made tells which. Errors: ledger.no_person,
// programme.not_found, programme.closed, programme.not_eligible with the reason as case, programme.car_taken, request.invalid.
func (s *Service) Claim(ctx context.Context, cmd Claim) (k Kept, made bool, err error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if p.VolunteerID == id.Nil {
			return ledger.ErrNoPerson
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{p.VolunteerID}); err != nil {
			return err
		}
		w, err := tx.Programmes().Lock(ctx, cmd.Programme)
		if err != nil {
			return err
		}
		me, err := review(ctx, tx, p.VolunteerID, now, today)
		if err != nil {
			return err
		}
		if err := fund(ctx, tx, w, w.cause(now, today)); err != nil {
			return err
		}
		st, err := s.standing(ctx, tx, w, me, today)
		if err != nil {
			return err
		}
		if slices.Contains(st.Reasons, HasIt) {
			k, made = me.live(w.ID, st.Version.Terms.period(today), today), false
			return nil
		}
		if k, err = s.grantable(ctx, tx, p, st, me, cmd, now); err != nil {
			return err
		}
		made = true
		return s.give(ctx, tx, p, w, st, me, &k, now)
	})
	return k, made, err
}

// standing is Stand with what the database alone knows.
func (s *Service) standing(ctx context.Context, tx Tx, w Whole, me person, today calendar.Day) (Standing, error) {
	var place *Placed
	if v, ok := w.On(today); ok && v.Terms.Ranking != nil {
		placed, found, err := tx.Programmes().Place(ctx, w.ID, v.Number, v.Terms.Ranking.Top, me.VolunteerID)
		if err != nil {
			return Standing{}, err
		}
		if found {
			place = &placed
		}
	}
	st := Stand(w, me.Facts, me.atlas, me.kept, me.codes, place, today)
	if b := st.Version.Terms.Budget; len(st.Reasons) == 0 && b.Each != "" {
		holdings, won, err := tx.Programmes().Used(ctx, w.ID, b.span(today))
		if err != nil {
			return Standing{}, err
		}
		if st.Version.Terms.overBudget(holdings, won) {
			st.Reasons = append(st.Reasons, BudgetGone)
		}
	}
	if b := st.Version.Terms.Benefit; len(st.Reasons) == 0 && b.Kind == Voucher && b.money() {
		left, err := tx.Programmes().Available(ctx, w.ID)
		if err != nil {
			return Standing{}, err
		}
		if left < int64(b.Won) {
			st.Reasons = append(st.Reasons, BudgetGone)
		}
	}
	return st, nil
}

// grantable is the holding that a person may have, or the reason why he may not.
func (s *Service) grantable(ctx context.Context, tx Tx, p auth.Principal, st Standing, me person, cmd Claim, now time.Time) (Kept, error) {
	today := s.clock.Day(now)
	t := st.Version.Terms
	if len(st.Reasons) > 0 {
		if st.Reasons[0] == Closed || st.Reasons[0] == NotBegun {
			return Kept{}, ErrClosed
		}
		return Kept{}, ErrNotEligible.In(st.Reasons[0])
	}
	f := fault.Collect()
	car := carOf(f, t, st.Programme.ID, cmd.CarPlate)
	for _, ask := range t.Asks {
		if !slices.Contains(cmd.Declared, ask) {
			f.Add("declared", "must_declare", "what", ask)
		}
	}
	if err := f.Err(); err != nil {
		return Kept{}, err
	}
	h := Holding{ID: id.New(), ProgrammeID: st.Programme.ID, Number: st.Version.Number, VolunteerID: me.VolunteerID, Benefit: t.Benefit.Kind,
		State: Requested, Period: t.period(today), LedgerSequence: me.Sequence, Reviewed: me.Sequence, CampID: me.CampID, CampRegion: me.CampRegion,
		Won: int64(t.Benefit.Won), ClaimedAt: now, ClaimedOn: today, ClaimedBy: p.AccountID}
	if car != nil {
		h.CarHash, h.CarLast = car, lastFour(cmd.CarPlate)
		ended, err := tx.Programmes().Ended(ctx, today, h.ProgrammeID, car, 10)
		if err != nil {
			return Kept{}, err
		}
		if err := runOut(ctx, tx, ended, now); err != nil {
			return Kept{}, err
		}
	}
	k := Kept{Holding: h, Bases: st.bases(h.ID, me.Facts, me.atlas)}
	if t.Approval == NobodyApproves {
		k.grant(t, nil, today, now)
		k.Steps = []Step{{ID: id.New(), HoldingID: h.ID, At: now, What: "granted", Why: WhyEarned, AccountID: &p.AccountID}}
	} else {
		k.Steps = []Step{{ID: id.New(), HoldingID: h.ID, At: now, What: "requested", AccountID: &p.AccountID}}
	}
	return k, nil
}

// grant makes the holding one that is held.
func (k *Kept) grant(t Terms, by *id.ID, today calendar.Day, now time.Time) {
	k.State, k.GrantedAt, k.GrantedBy = Held, &now, by
	k.ValidFrom = t.begins(today)
	k.ValidTo = t.Validity.ends(k.ValidFrom)
}

// give writes a holding, takes what it costs, and tells the log.
func (s *Service) give(ctx context.Context, tx Tx, p auth.Principal, w Whole, st Standing, me person, k *Kept, now time.Time) error {
	today := s.clock.Day(now)
	var ended []Holding
	for _, had := range me.kept {
		if had.ProgrammeID == k.ProgrammeID && had.State == Held && had.StateOn(today) == Expired {
			ended = append(ended, had.Holding)
		}
	}
	if err := runOut(ctx, tx, ended, now); err != nil {
		return err
	}
	if k.State == Held {
		if err := k.issue(ctx, tx, w, st.Version.Terms, now, today); err != nil {
			return err
		}
	}
	if err := tx.Programmes().Grant(ctx, *k); err != nil {
		return err
	}
	if x := st.Version.Terms.Exchange; x != nil {
		var given []Holding
		var steps []Step
		for _, had := range me.kept {
			if had.ProgrammeID == me.codes[x.Programme] && had.exchangeable(today) && len(given) < x.Count {
				had.State, had.ExchangedFor, had.EndedAt = Exchanged, &k.ID, &now
				given = append(given, had.Holding)
				steps = append(steps, Step{ID: id.New(), HoldingID: had.ID, At: now, What: "exchanged", AccountID: &p.AccountID})
				some, err := had.withdraw(ctx, tx, me.programmes[had.ProgrammeID], string(Exchanged), false, now, today)
				if err != nil {
					return err
				}
				steps = append(steps, some...)
			}
		}
		if err := tx.Programmes().Move(ctx, given, steps); err != nil {
			return err
		}
	}
	return tx.Audit().Record(ctx, holdingEvent(p.AccountID, k.Holding, now, "programme.claimed", ""))
}

// exchangeable tells whether a holding can be given for something else: not what has been used, nor what points follow from.
func (k Kept) exchangeable(day calendar.Day) bool {
	return k.StateOn(day) == Held && k.Benefit != Mileage && k.Voucher != voucher.Redeemed
}

func holdingEvent(account id.ID, h Holding, now time.Time, action, reason string) audit.Event {
	return audit.Event{HappenedAt: now, AccountID: &account, Action: action, SubjectType: "holding", SubjectID: h.ID.String(),
		VolunteerID: &h.VolunteerID, Reason: reason, Detail: fmt.Sprintf(`{"programme":%q,"number":%d,"state":%q}`, h.ProgrammeID, h.Number, h.State)}
}

// runOut writes down that holdings have ended.
func runOut(ctx context.Context, tx Tx, ended []Holding, now time.Time) error {
	steps := make([]Step, len(ended))
	for i := range ended {
		ended[i].State, ended[i].EndedAt = Expired, &now
		steps[i] = Step{ID: id.New(), HoldingID: ended[i].ID, At: now, What: "expired", Why: WhyEnded}
	}
	return tx.Programmes().Move(ctx, ended, steps)
}

// Decide agrees to a claim that waits, or refuses it with a reason. What was earned is counted again. Errors:
// programme.claim_not_found, duty.conflict_of_interest, programme.claim_state, programme.not_eligible, request.invalid.
func (s *Service) Decide(ctx context.Context, holding id.ID, agree bool, reason string) (k Kept, err error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		volunteer, err := tx.Programmes().Owner(ctx, holding)
		if err != nil {
			return err
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{volunteer}); err != nil {
			return err
		}
		me, err := review(ctx, tx, volunteer, now, today)
		if err != nil {
			return err
		}
		k = *me.find(holding)
		w := me.programmes[k.ProgrammeID]
		v, _ := w.Number(k.Number)
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanDecide(p, v.Terms, k.Holding, ties); err != nil {
			return err
		}
		f := fault.Collect()
		text.Block(f, "reason", reason, map[bool]int{false: 1}[agree], 500)
		if err := f.Err(); err != nil {
			return err
		}
		if k.State != Requested {
			return ErrState.With("state", k.State)
		}
		step := Step{ID: id.New(), HoldingID: k.ID, At: now, What: "refused", Note: strings.TrimSpace(reason), AccountID: &p.AccountID}
		if agree {
			if _, lost := k.lost(v.Terms, me.Facts, me.atlas, now); lost {
				return ErrNotEligible.In(NotYet)
			}
			k.grant(v.Terms, &p.AccountID, today, now)
			if !k.ValidTo.IsZero() && k.ValidTo.Before(k.ValidFrom) {
				return ErrNotEligible.In(Ended)
			}
			k.Reviewed, step.What, step.Why = me.Sequence, "granted", WhyApproved
			if w, err = tx.Programmes().Lock(ctx, w.ID); err != nil {
				return err
			}
			if err := fund(ctx, tx, w, w.cause(now, today)); err != nil {
				return err
			}
			if err := k.issue(ctx, tx, w, v.Terms, now, today); err != nil {
				return err
			}
		} else {
			k.State, k.EndedAt = Refused, &now
		}
		if err := tx.Programmes().Move(ctx, []Holding{k.Holding}, []Step{step}); err != nil {
			return err
		}
		k.Steps = []Step{step}
		return tx.Audit().Record(ctx, holdingEvent(p.AccountID, k.Holding, now, "programme.claim_"+string(k.State), reason))
	})
	return k, err
}

var plateForm = regexp.MustCompile(`^([가-힣]{2})?[0-9]{2,3}[가-힣][0-9]{4}$`)

// carOf reads a car's plate, e.g. 12가3456, into the hash under which the programme knows it; nil where it is not asked for.
func carOf(f fault.Fields, t Terms, programme id.ID, plate string) *string {
	plate = strings.Join(strings.Fields(plate), "")
	switch {
	case !t.OnePerCar && plate == "":
		return nil
	case !t.OnePerCar:
		f.Add("car_plate", "not_with_kind")
		return nil
	case plate == "":
		f.Add("car_plate", "required")
		return nil
	case !plateForm.MatchString(plate):
		f.Add("car_plate", "car_plate")
		return nil
	}
	sum := sha256.Sum256([]byte(programme.String() + "\n" + plate))
	hash := hex.EncodeToString(sum[:])
	return &hash
}

func lastFour(plate string) string {
	plate = strings.TrimSpace(plate)
	return plate[len(plate)-4:]
}
