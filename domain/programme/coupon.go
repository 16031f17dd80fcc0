package programme

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
	"dure/domain/voucher"
)

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
