package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Seal (봉인) is one digest over all accounts as a day left them. Whoever noted it down elsewhere sees whether anything
// that was posted by then was changed, added or taken away later, however consistently.
type Seal struct {
	Day      calendar.Day
	SealedAt time.Time
	Accounts int64  // accounts with entries
	Entries  int64  // entries in them
	Root     string // SHA-256 over account, sequence and hash of each account's last entry, by account
}

// roll takes the heads of accounts, in the order of their ids, to a root.
type roll struct {
	hash              hash.Hash
	accounts, entries int64
}

func newRoll() *roll { return &roll{hash: sha256.New()} }

func (r *roll) add(account id.ID, sequence int64, head string) {
	r.accounts++
	r.entries += sequence
	fmt.Fprintf(r.hash, "%s %d %s\n", account, sequence, head)
}

func (r *roll) root() string { return hex.EncodeToString(r.hash.Sum(nil)) }

// sealedDay is a seal and what comes out when it is made again.
type sealedDay struct {
	Seal
	end   time.Time
	again *roll
}

func recount(seals []Seal, zone *time.Location) []sealedDay {
	days := make([]sealedDay, len(seals))
	for i, s := range seals {
		days[i] = sealedDay{s, s.Day.End(zone), newRoll()}
	}
	return days
}

// seal adds the account, as each sealed day left it, to that day's root.
func (c *checker) seal(b Book) {
	n := 0
	for _, s := range c.sealed { // the oldest first, so that n only grows
		for n < len(b.Entries) && b.Entries[n].PostedAt.Before(s.end) {
			n++
		}
		if n > 0 {
			last := b.Entries[n-1]
			s.again.add(b.Account.ID, last.Sequence, last.Hash)
		}
	}
}

func (c *checker) checkSeals() {
	for _, s := range c.sealed {
		if s.Root != s.again.root() || s.Accounts != s.again.accounts || s.Entries != s.again.entries {
			c.findings.add(SealsHold, "ledger_seals %s (%d entries in %d accounts, now %d in %d)", s.Day, s.Entries, s.Accounts,
				s.again.entries, s.again.accounts)
		}
	}
}

// settled is how long after midnight the last transactions of a day have surely ended.
const settled = 5 * time.Minute

// SealStore keeps seals.
type SealStore interface {
	// Sealed tells whether a day has its seal.
	Sealed(ctx context.Context, day calendar.Day) (bool, error)
	// Heads tells each account's last entry before an instant, by account.
	Heads(ctx context.Context, before time.Time, tell func(account id.ID, sequence int64, head string)) error
	// KeepSeal keeps a seal unless its day has one.
	KeepSeal(ctx context.Context, s Seal) error
}

// Sealer seals the city's days.
type Sealer struct {
	store SealStore
	clock calendar.Clock
}

// NewSealer makes the use case.
func NewSealer(store SealStore, clock calendar.Clock) *Sealer { return &Sealer{store, clock} }

// Seal seals the last finished day, five minutes after its end at the earliest, unless it is sealed or nothing was ever
// posted; then the seal is zero. It may run any number of times, and in several processes at once.
func (s *Sealer) Seal(ctx context.Context) (Seal, error) {
	now := s.clock.Now()
	day := s.clock.Day(now.Add(-settled)).Add(-1)
	if done, err := s.store.Sealed(ctx, day); err != nil || done {
		return Seal{}, err
	}
	heads := newRoll()
	err := s.store.Heads(ctx, day.End(s.clock.Zone), heads.add)
	if err != nil || heads.accounts == 0 {
		return Seal{}, err
	}
	sealed := Seal{day, now, heads.accounts, heads.entries, heads.root()}
	return sealed, s.store.KeepSeal(ctx, sealed)
}
