package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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
		e, after, err := a.Chain(d, id.New(), now)
		if err != nil {
			return nil, nil, err
		}
		entries, a = append(entries, e), after
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

// Chain makes a draft the next entry of an account, and gives the account as it stands afterwards. Whether it may fall below
// zero in between is for the caller to say.
func (a Account) Chain(d Draft, entry id.ID, now time.Time) (Entry, Account, error) {
	posted := now
	if a.LastPostedAt != nil && posted.Before(*a.LastPostedAt) {
		posted = *a.LastPostedAt
	}
	if d.Reductions == nil {
		d.Reductions = []Reduction{}
	}
	e := Entry{Draft: d, ID: entry, AccountID: a.ID, Sequence: a.Sequence + 1, PostedAt: posted, PreviousHash: a.Head}
	legs := e.Legs()
	if sum(legs) != 0 {
		return Entry{}, a, ErrUnbalanced
	}
	e.Hash = e.Digest(legs)
	a.Balance, a.Sequence, a.Head, a.LastPostedAt = a.Balance+int64(d.Minutes), e.Sequence, e.Hash, &posted
	return e, a, nil
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

// Digest is the entry's link in the chain: SHA-256 over the link before, everything the entry says, and its legs. Each part is
// written with its length, so that none can be moved into the next.
func (e Entry) Digest(legs []Posting) string {
	reductions, err := json.Marshal(e.Reductions)
	if err != nil {
		panic(err) // plain values always marshal
	}
	b := make([]byte, 0, 1024)
	b = part(b, e.PreviousHash)
	b = idPart(b, e.ID)
	b = idPart(b, e.AccountID)
	b = intPart(b, e.Sequence)
	b = part(b, string(e.Kind))
	b = idPart(b, e.VolunteerID)
	b = part(b, e.SourceType)
	b = idPart(b, e.SourceID)
	b = part(b, e.EffectiveDay.String())
	b = intPart(b, e.PostedAt.UnixMicro())
	b = intPart(b, int64(e.Visits))
	b = intPart(b, int64(e.WorkedMinutes))
	b = part(b, string(reductions))
	b = part(b, e.FieldCode)
	b = part(b, e.Evidence)
	b = intPart(b, int64(e.RuleVersion))
	b = idPart(b, e.ActorID)
	b = part(b, e.Reason)
	for _, leg := range legs {
		b = appendID(b, leg.AccountID)
		b = append(b, ' ')
		b = strconv.AppendInt(b, leg.Amount, 10)
		b = append(b, '\n')
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// part appends a text, its length in bytes before it.
func part(b []byte, text string) []byte {
	b = strconv.AppendInt(b, int64(len(text)), 10)
	b = append(b, ':')
	b = append(b, text...)
	return append(b, '\n')
}

func intPart(b []byte, n int64) []byte {
	var digits [20]byte
	return part(b, string(strconv.AppendInt(digits[:0], n, 10)))
}

func idPart(b []byte, u id.ID) []byte {
	b = append(b, "36:"...)
	b = appendID(b, u)
	return append(b, '\n')
}

// appendID writes an id in its canonical form.
func appendID(b []byte, u id.ID) []byte {
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		from := [...]int{0, 4, 6, 8, 10}[i]
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, u[from:end])
	}
	return b
}
