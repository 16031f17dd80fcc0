package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	ErrNotFound = fault.New(fault.NotFound, "ledger.entry_not_found")
	// ErrNoAccount is a defect: every volunteer gets an account when he is registered.
	ErrNoAccount = fmt.Errorf("ledger: volunteer without an account")
	// ErrOverdrawn is a defect: more would be taken than there is.
	ErrOverdrawn = fmt.Errorf("ledger: account would fall below zero")
	// ErrUnbalanced is a defect: the legs of an entry do not sum to zero.
	ErrUnbalanced = fmt.Errorf("ledger: entry does not balance")
)

// Post numbers and chains drafts into entries of locked accounts, found by the drafts' volunteers, and gives those accounts
// as they stand afterwards. Entries come in the order of their drafts. The time of posting never runs backwards along an account, even when the clock does.
func Post(accounts map[id.ID]Account, drafts []Draft, now time.Time) ([]Entry, []Account, error) {
	entries := make([]Entry, 0, len(drafts))
	changed := map[id.ID]Account{}
	for _, d := range drafts {
		a, ok := changed[d.VolunteerID]
		if !ok {
			if a, ok = accounts[d.VolunteerID]; !ok {
				return nil, nil, ErrNoAccount
			}
		}
		posted := now
		if a.LastPostedAt != nil && posted.Before(*a.LastPostedAt) {
			posted = *a.LastPostedAt
		}
		if d.Reductions == nil {
			d.Reductions = []Reduction{}
		}
		e := Entry{Draft: d, ID: id.New(), AccountID: a.ID, Sequence: a.Sequence + 1, PostedAt: posted, PreviousHash: a.Head}
		legs := e.Legs()
		if sum(legs) != 0 {
			return nil, nil, ErrUnbalanced
		}
		e.Hash = e.Digest(legs)
		entries = append(entries, e)
		a.Balance, a.Sequence, a.Head, a.LastPostedAt = a.Balance+int64(d.Minutes), e.Sequence, e.Hash, &posted
		changed[d.VolunteerID] = a
	}
	after := make([]Account, 0, len(changed))
	for _, a := range changed {
		if a.Balance < 0 {
			return nil, nil, ErrOverdrawn
		}
		after = append(after, a)
	}
	slices.SortFunc(after, func(a, b Account) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return entries, after, nil
}

// Posting (기입) is one leg of an entry.
type Posting struct {
	AccountID id.ID
	Amount    int64
}

// Legs are the entry's postings in their order, its own account's first.
func (e Entry) Legs() []Posting {
	own := Posting{e.AccountID, int64(e.Minutes)}
	if e.Against == nil {
		return []Posting{own, {ServiceGiven, -own.Amount}}
	}
	return append([]Posting{own}, e.Against...)
}

func sum(legs []Posting) (total int64) {
	for _, leg := range legs {
		total += leg.Amount
	}
	return total
}

// Digest is the entry's link in the chain: SHA-256 over the link before, everything the entry says, and its legs.
func (e Entry) Digest(legs []Posting) string {
	reductions, err := json.Marshal(e.Reductions)
	if err != nil {
		panic(err) // plain values always marshal
	}
	h := sha256.New()
	for _, part := range []any{
		e.PreviousHash, e.ID, e.AccountID, e.Sequence, e.Kind, e.VolunteerID, e.SourceType, e.SourceID, e.EffectiveDay,
		e.PostedAt.UnixMicro(), e.Visits, e.WorkedMinutes, string(reductions), e.FieldCode, e.Evidence, e.RuleVersion,
		e.ActorID, e.Reason,
	} {
		text := fmt.Sprint(part)
		fmt.Fprintf(h, "%d:%s\n", len(text), text)
	}
	for _, leg := range legs {
		fmt.Fprintf(h, "%s %d\n", leg.AccountID, leg.Amount)
	}
	return hex.EncodeToString(h.Sum(nil))
}
