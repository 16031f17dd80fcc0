package programme

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/points"
	"dure/domain/voucher"
)

// Benefit is what one gets. Which members it has depends on its kind.
type Benefit struct {
	Kind          string  `json:"kind"`
	Level         string  `json:"level,omitempty"`           // of a card, badge or award
	Percent       int     `json:"percent,omitempty"`         // off, at merchants, facilities or parking
	HoursADay     int     `json:"hours_a_day,omitempty"`     // of parking; 0 for any
	PointsPerHour int     `json:"points_per_hour,omitempty"` // of mileage
	PointsPerYear int     `json:"points_per_year,omitempty"` // of mileage, for one person; 0 for any
	PointsExpire  string  `json:"points_expire,omitempty"`   // year_end, never, or months:N
	Donation      bool    `json:"donation,omitempty"`        // points may be donated
	Counts        *Counts `json:"counts,omitempty"`          // which minutes mileage is for; all of them without it
	Won           int     `json:"won,omitempty"`             // what one voucher or award is worth; a voucher of 0 is for a thing
	Items         []Item  `json:"items,omitempty"`
}

// Counts says which recognised minutes bring points.
type Counts struct {
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
}

// Item is one thing that a benefit opens, such as a museum.
type Item struct {
	Name    string `json:"name"`
	Percent int    `json:"percent,omitempty"` // off; 100 is free
	WonOff  int    `json:"won_off,omitempty"`
}

// Kinds of benefits.
const (
	Card             = "card"
	Badge            = "badge"
	Mileage          = "mileage"
	Voucher          = "voucher"
	MerchantDiscount = "merchant_discount"
	FacilityDiscount = "facility_discount"
	Parking          = "parking"
	Award            = "award"
)

// money tells whether the benefit is paid out of a budget of points.
func (b Benefit) money() bool { return b.Kind == Mileage || b.Kind == Voucher && b.Won > 0 }

// rate is what the minutes of a year are worth.
func (b Benefit) rate() points.Rate {
	return points.Rate{PerHour: b.PointsPerHour, Cap: b.PointsPerYear}
}

// condition finds the minutes that bring points.
func (b Benefit) condition() Condition {
	c := Condition{Measure: Minutes, Scope: Scope{Kind: InCity}}
	if b.Counts != nil {
		c.Scope, c.Entries = b.Counts.Scope, b.Counts.Entries
	}
	return c
}

// pointsEnd is the last day of points that are granted on a day; no day when they do not expire.
func (b Benefit) pointsEnd(granted calendar.Day) calendar.Day {
	if months, ok := strings.CutPrefix(b.PointsExpire, "months:"); ok {
		n, err := strconv.Atoi(months)
		if err != nil {
			panic(err) // terms that were checked
		}
		return Validity{Kind: ForMonths, Months: n}.ends(granted)
	}
	if b.PointsExpire == "year_end" {
		return Validity{Kind: YearEnd}.ends(granted)
	}
	return calendar.Day{}
}

// points is how many points the budget is for all together; 0 where the terms say nothing.
func (b Budget) points(of Benefit) int {
	if b.Won == 0 && of.Kind == Voucher {
		return b.Holdings * of.Won
	}
	return b.Won
}

func (b Benefit) check(f fault.Fields) {
	oneOf(f, "kind", b.Kind, Card, Badge, Mileage, Voucher, MerchantDiscount, FacilityDiscount, Parking, Award)
	if b.Kind == Card || b.Kind == Badge || b.Kind == Award {
		text.Line(f, "level", b.Level, 0, 40)
	} else if b.Level != "" {
		f.Add("level", "not_with_kind")
	}
	between(f, "percent", b.Percent, 0, 100)
	only(f, "hours_a_day", b.HoursADay, b.Kind == Parking, 0, 24)
	only(f, "points_per_hour", b.PointsPerHour, b.Kind == Mileage, 1, 100_000)
	only(f, "points_per_year", b.PointsPerYear, b.Kind == Mileage, 0, 100_000_000)
	only(f, "won", b.Won, b.Kind == Voucher || b.Kind == Award, 0, 100_000_000)
	switch {
	case b.Kind == Mileage && !expireForm.MatchString(b.PointsExpire):
		f.Add("points_expire", "unknown")
	case b.Kind != Mileage && b.PointsExpire != "":
		f.Add("points_expire", "not_with_kind")
	}
	if c := b.Counts; c != nil && b.Kind != Mileage {
		f.Add("counts", "not_with_kind")
	} else if c != nil {
		c.Scope.check(f.Under("counts.scope"))
		c.Entries.check(f.Under("counts.entries"))
	}
	if b.Donation && b.Kind != Mileage {
		f.Add("donation", "not_with_kind")
	}
	if len(b.Items) > 50 {
		f.Add("items", "too_many", "max", 50)
	}
	for i, item := range b.Items {
		f := f.Under("items[%d]", i)
		text.Line(f, "name", item.Name, 1, 100)
		between(f, "percent", item.Percent, 0, 100)
		between(f, "won_off", item.WonOff, 0, 10_000_000)
	}
}

var expireForm = regexp.MustCompile(`^(year_end|never|months:([1-9]|[1-9][0-9]|1[0-9][0-9]))$`)

// issue gives the voucher that a holding which has just been granted stands for, and out of the programme's budget the points
// that it is worth: at the counter they are paid to the merchant, and on its last day they expire with it.
// Errors: programme.not_eligible.
func (k *Kept) issue(ctx context.Context, tx Tx, w Whole, t Terms, now time.Time, today calendar.Day) error {
	if k.Benefit != Voucher {
		return nil
	}
	if k.Won > 0 {
		_, err := points.Grant(ctx, tx, w.cause(now, today), points.Gift{VolunteerID: k.VolunteerID, ProgrammeID: k.ProgrammeID, Points: int(k.Won),
			Year: k.ValidFrom.Year(), ExpiresOn: k.ValidTo})
		if errors.Is(err, points.ErrBudgetSpent) {
			return ErrNotEligible.In(BudgetGone)
		}
		if err != nil {
			return err
		}
	}
	issued, err := voucher.Issue(ctx, tx, now, voucher.Voucher{HolderID: k.VolunteerID, ProgrammeID: &k.ProgrammeID, Title: w.Name, Points: int(k.Won),
		Transferable: t.Transferable, ValidFrom: k.ValidFrom, ValidTo: k.ValidTo, IssuedBy: k.GrantedBy})
	if err != nil {
		return err
	}
	k.VoucherID, k.Voucher = &issued[0].ID, voucher.Issued
	return nil
}

// withdraw takes back the voucher of a holding that is gone, and the points that were granted with it: what nobody has used is
// revoked, what was used is owed. One that was withdrawn before and came back to life is revoked once more; its points are settled.
func (k *Kept) withdraw(ctx context.Context, tx Tx, w Whole, why string, again bool, now time.Time, today calendar.Day) (steps []Step, err error) {
	if k.VoucherID == nil || k.Voucher == voucher.Revoked {
		return nil, nil
	}
	step := Step{ID: id.New(), HoldingID: k.ID, At: now, What: "decreased", Why: WhyUsed}
	if k.Voucher == voucher.Issued {
		if _, err := voucher.Revoke(ctx, tx, now, why, *k.VoucherID); err != nil {
			return nil, err
		}
		step.Why, k.Voucher = WhyVoucher, voucher.Revoked
	}
	steps = append(steps, step)
	if again || k.Won == 0 {
		return steps, nil
	}
	entries, err := points.TakeBack(ctx, tx, w.cause(now, today), points.Claim{VolunteerID: k.VolunteerID, ProgrammeID: k.ProgrammeID,
		Points: int(k.Won), Year: k.ValidFrom.Year()})
	if err != nil {
		return nil, err
	}
	before, after := int(k.Won), 0
	return append(steps, Step{ID: id.New(), HoldingID: k.ID, At: now, What: "decreased", Why: WhyPoints, EntryID: &entries[len(entries)-1].ID,
		Before: &before, After: &after}), nil
}

// alive tells whether a voucher can be used though what it was given for is gone: its redemption was cancelled meanwhile.
func (k Kept) alive() bool {
	return (k.State == TakenBack || k.State == Exchanged) && k.Voucher == voucher.Issued
}

// settle brings what a person's holdings brought him to what he holds now: vouchers of what is gone are withdrawn, points
// follow the minutes. Moved are those that a review has just moved. Budgets are locked in the order of their programmes.
func (me *person) settle(ctx context.Context, tx Tx, moved []Holding, now time.Time, today calendar.Day) error {
	programmes := []id.ID{}
	for _, k := range me.kept {
		programmes = append(programmes, k.ProgrammeID)
	}
	slices.SortFunc(programmes, func(x, y id.ID) int { return bytes.Compare(x[:], y[:]) })
	var steps []Step
	for _, programme := range slices.Compact(programmes) {
		w, behind := me.programmes[programme], false
		for i := range me.kept {
			k := &me.kept[i]
			if k.ProgrammeID != programme {
				continue
			}
			v, _ := w.Number(k.Number)
			gone := slices.ContainsFunc(moved, func(h Holding) bool { return h.ID == k.ID && h.State == TakenBack })
			behind = behind || k.behind(me.Facts, v.Terms, today)
			if gone && k.Benefit == Mileage {
				behind = true
			}
			if !gone && !k.alive() {
				continue
			}
			some, err := k.withdraw(ctx, tx, w, WhyReversed, !gone, now, today)
			if err != nil {
				return err
			}
			steps = append(steps, some...)
		}
		if behind {
			if _, err := accrue(ctx, tx, w, []id.ID{me.VolunteerID}, me.atlas, now, today); err != nil {
				return err
			}
		}
	}
	return tx.Programmes().Move(ctx, nil, steps)
}

// unsettled tells whether settle has something to do though nothing has moved.
func (me person) unsettled(today calendar.Day) bool {
	return slices.ContainsFunc(me.kept, func(k Kept) bool {
		v, _ := me.programmes[k.ProgrammeID].Number(k.Number)
		return k.alive() || k.behind(me.Facts, v.Terms, today)
	})
}
