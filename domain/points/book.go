package points

import (
	"context"
	"maps"

	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// book is what moves in one transaction: the wallets and budgets as they change, and the steps to be posted.
type book struct {
	cause   Cause
	wallets map[id.ID]*Wallet
	budgets map[id.ID]*budget
	owed    map[id.ID]id.ID // accounts of debts by person
	expired map[yearOf]int  // points that this book found expired
	steps   []step
}

type budget struct {
	account  ledger.Account
	sequence int64
}

type yearOf struct {
	volunteer, programme id.ID
	year                 int
}

// step is one entry to be posted, with what it does beside the ledger; its id is filled in when it is known.
type step struct {
	draft     ledger.Draft
	lot       *Lot
	moves     []Move
	debt      *Debt
	debtMoves []DebtMove
	budget    *BudgetMove
	takenBack *TakenBack
}

// open takes the locks of persons and budgets and reads what they hold. What has expired by then is posted first, so that
// nobody has more than he can use.
func open(ctx context.Context, tx Ports, c Cause, volunteers, programmes []id.ID) (*book, error) {
	accounts, err := tx.Ledger().LockPoints(ctx, volunteers)
	if err != nil {
		return nil, err
	}
	b := &book{cause: c, budgets: map[id.ID]*budget{}, owed: map[id.ID]id.ID{}, expired: map[yearOf]int{}}
	if b.wallets, err = tx.Points().Wallets(ctx, accounts); err != nil {
		return nil, err
	}
	pots, err := tx.Ledger().LockBudgets(ctx, programmes)
	if err != nil {
		return nil, err
	}
	if len(pots) > 0 {
		sequences, err := tx.Points().BudgetSequences(ctx, programmes)
		if err != nil {
			return nil, err
		}
		for programme, account := range pots {
			b.budgets[programme] = &budget{account, sequences[programme]}
		}
	}
	var owing []id.ID
	for _, v := range volunteers {
		w := b.wallets[v]
		b.expire(w)
		if len(w.Debts) > 0 {
			owing = append(owing, v)
		}
	}
	return b, b.owing(ctx, tx, owing)
}

// owing finds the accounts of the debts of persons.
func (b *book) owing(ctx context.Context, tx Ports, volunteers []id.ID) error {
	accounts, err := tx.Ledger().Counters(ctx, ledger.OwedPoints, volunteers)
	maps.Copy(b.owed, accounts)
	return err
}

// post writes all steps, and gives their entries.
func (b *book) post(ctx context.Context, tx Ports) ([]ledger.Entry, error) {
	if len(b.steps) == 0 {
		return nil, nil
	}
	accounts := make(map[id.ID]ledger.Account, len(b.wallets))
	for volunteer, w := range b.wallets {
		accounts[volunteer] = w.Account
	}
	drafts := make([]ledger.Draft, len(b.steps))
	for i, s := range b.steps {
		drafts[i] = s.draft
	}
	entries, moved, err := ledger.Post(accounts, drafts, b.cause.Now)
	if err != nil {
		return nil, err
	}
	if err := tx.Ledger().Append(ctx, entries, moved); err != nil {
		return nil, err
	}
	return entries, tx.Points().Keep(ctx, b.changes(entries))
}

// changes are the steps' effects under the ids of their entries.
func (b *book) changes(entries []ledger.Entry) (c Changes) {
	for i, s := range b.steps {
		entry := entries[i].ID
		if s.lot != nil {
			s.lot.EntryID = entry
			c.Lots = append(c.Lots, *s.lot)
		}
		if s.debt != nil {
			s.debt.EntryID = entry
			c.Debts = append(c.Debts, *s.debt)
		}
		if s.takenBack != nil {
			s.takenBack.EntryID = entry
			c.TakenBack = append(c.TakenBack, *s.takenBack)
		}
		if s.budget != nil {
			s.budget.EntryID = entry
			c.Budgets = append(c.Budgets, *s.budget)
		}
		for _, m := range s.moves {
			m.EntryID = entry
			c.Moves = append(c.Moves, m)
		}
		for _, m := range s.debtMoves {
			m.EntryID = entry
			c.DebtMoves = append(c.DebtMoves, m)
		}
	}
	return c
}

func (b *book) draft(kind ledger.Kind, volunteer id.ID, points int, sourceType string, source id.ID, against ...ledger.Posting) ledger.Draft {
	return ledger.Draft{Kind: kind, VolunteerID: volunteer, SourceType: sourceType, SourceID: source, EffectiveDay: b.cause.Today,
		Minutes: points, Against: against, ActorID: b.cause.Actor, Reason: b.cause.Reason}
}

func leg(account id.ID, points int) ledger.Posting {
	return ledger.Posting{AccountID: account, Amount: int64(points)}
}

// take moves points out of a person's lots, in their order, and tells from which; only is nil for all lots.
func (w *Wallet) take(kind ledger.Kind, points int, only func(Lot) bool) (moves []Move, taken int) {
	for i := range w.Lots {
		l := &w.Lots[i]
		part := min(l.Remaining, points-taken)
		if part > 0 && (only == nil || only(*l)) {
			l.Remaining -= part
			taken += part
			moves = append(moves, Move{LotID: l.ID, Kind: kind, Amount: -part})
		}
	}
	return moves, taken
}

// expire posts what cannot be used any more, each lot by itself.
func (b *book) expire(w *Wallet) {
	for _, l := range w.Lots {
		if l.Remaining == 0 || !l.expired(b.cause.Today) {
			continue
		}
		moves, points := w.take(ledger.Expiry, l.Remaining, func(other Lot) bool { return other.ID == l.ID })
		d := b.draft(ledger.Expiry, l.VolunteerID, -points, "point_lot", l.ID, leg(ledger.PointsExpired, points))
		d.Reason, d.ActorID = "", id.Nil // nobody decides it
		b.steps = append(b.steps, step{draft: d, moves: moves})
		b.expired[yearOf{l.VolunteerID, l.ProgrammeID, l.Year}] += points
	}
}

// grant moves points from a budget into a new lot, and from it into debts.
func (b *book) grant(w *Wallet, g Gift) {
	lot := Lot{ID: id.New(), VolunteerID: g.VolunteerID, ProgrammeID: g.ProgrammeID, Year: g.Year, Granted: g.Points, Remaining: g.Points,
		ExpiresOn: g.ExpiresOn, Donatable: g.Donatable}
	w.Lots = append(w.Lots, lot)
	b.steps = append(b.steps, step{
		draft: b.draft(ledger.Grant, g.VolunteerID, g.Points, "programme", g.ProgrammeID, leg(b.budgets[g.ProgrammeID].account.ID, -g.Points)),
		lot:   &lot, moves: []Move{{LotID: lot.ID, Kind: ledger.Grant, Amount: g.Points}}, budget: b.move(g.ProgrammeID, -g.Points),
	})
	b.settle(w, lot.ID)
}

// move changes a budget.
func (b *book) move(programme id.ID, points int) *BudgetMove {
	pot := b.budgets[programme]
	pot.sequence++
	pot.account.Balance += int64(points)
	return &BudgetMove{ProgrammeID: programme, Sequence: pot.sequence, Amount: points, Balance: pot.account.Balance}
}

// settle pays debts out of a lot that has just come in, the oldest first.
func (b *book) settle(w *Wallet, lot id.ID) {
	for i := range w.Debts {
		debt := &w.Debts[i]
		moves, points := w.take(ledger.Settlement, debt.Remaining, func(l Lot) bool { return l.ID == lot && !l.expired(b.cause.Today) })
		if points == 0 {
			continue
		}
		debt.Remaining -= points
		b.steps = append(b.steps, step{
			draft: b.draft(ledger.Settlement, debt.VolunteerID, -points, "point_debt", debt.ID, leg(b.owed[debt.VolunteerID], points)),
			moves: moves, debtMoves: []DebtMove{{DebtID: debt.ID, Amount: points}},
		})
	}
}

// returnable is how much of a year's grants a person has had the use of and has not given back: what expired in his hands is
// not asked of him. He may have given back more, when a spending was cancelled after its points had expired.
func (b *book) returnable(c Claim, s Standing) int {
	return max(0, s.Granted-s.Expired-b.expired[yearOf{c.VolunteerID, c.ProgrammeID, c.Year}]-s.Returned)
}

// takeBack returns to the budget what is held of the programme's lots, those of the year first. What he has used already
// he owes to the city, whose money it was; the budget gets nothing back for that.
func (b *book) takeBack(w *Wallet, c Claim, s Standing) {
	t := TakenBack{VolunteerID: c.VolunteerID, ProgrammeID: c.ProgrammeID, Year: c.Year, Asked: c.Points}
	due := min(c.Points, b.returnable(c, s))
	moves, taken := w.take(ledger.TakeBack, due, func(l Lot) bool { return l.ProgrammeID == c.ProgrammeID && l.Year == c.Year })
	more, others := w.take(ledger.TakeBack, due-taken, func(l Lot) bool { return l.ProgrammeID == c.ProgrammeID })
	t.Taken = taken + others
	t.Owed, t.Forgiven = due-t.Taken, c.Points-due
	legs := []ledger.Posting{leg(b.budgets[c.ProgrammeID].account.ID, t.Taken)}
	st := step{moves: append(moves, more...), takenBack: &t}
	if t.Taken > 0 {
		st.budget = b.move(c.ProgrammeID, t.Taken)
	}
	if t.Owed > 0 {
		st.debt = &Debt{ID: id.New(), VolunteerID: c.VolunteerID, ProgrammeID: c.ProgrammeID, Amount: t.Owed, Remaining: t.Owed}
		st.debtMoves = []DebtMove{{DebtID: st.debt.ID, Amount: -t.Owed}}
		w.Debts = append(w.Debts, *st.debt)
		legs = append(legs, leg(b.owed[c.VolunteerID], -t.Owed), leg(ledger.PointsIssued, t.Owed))
	}
	st.draft = b.draft(ledger.TakeBack, c.VolunteerID, -t.Taken, "programme", c.ProgrammeID, legs...)
	b.steps = append(b.steps, st)
}

// pay moves points from a person to an account, out of the lots that expire first; only is nil for all lots.
func (b *book) pay(w *Wallet, kind ledger.Kind, volunteer id.ID, points int, to id.ID, sourceType string, source id.ID,
	only func(Lot) bool) error {
	if held := w.held(only); held < points {
		return ErrInsufficient.With("points", held)
	}
	moves, _ := w.take(kind, points, only)
	b.steps = append(b.steps, step{draft: b.draft(kind, volunteer, -points, sourceType, source, leg(to, points)), moves: moves})
	return nil
}

// giveBack undoes a spending: the lots have their points again, and what has expired meanwhile expires once more.
func (b *book) giveBack(w *Wallet, entry id.ID, s Spending) {
	var (
		moves []Move
		sum   int
	)
	for _, part := range s.Parts {
		sum += part.Points
		moves = append(moves, Move{LotID: part.Lot.ID, Kind: ledger.Cancellation, Amount: part.Points})
		w.fill(part)
	}
	b.steps = append(b.steps, step{draft: b.draft(ledger.Cancellation, s.VolunteerID, sum, "ledger_entry", entry, leg(s.Against, -sum)), moves: moves})
	for _, part := range s.Parts {
		b.settle(w, part.Lot.ID)
	}
	b.expire(w)
}

// fill puts points back into a lot, which may have been empty.
func (w *Wallet) fill(p Part) {
	for i := range w.Lots {
		if w.Lots[i].ID == p.Lot.ID {
			w.Lots[i].Remaining += p.Points
			return
		}
	}
	p.Lot.Remaining += p.Points
	w.Lots = append(w.Lots, p.Lot)
}
