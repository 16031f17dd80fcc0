package volunteer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Claim is how somebody proves that a record made on paper is his: with the code that the camp handed to him.
type Claim struct {
	Number string // as ParseNumber gives it
	Code   string
}

// HandOver makes a new code for a person who was registered at a camp on paper; the code before it is void. It is shown
// once and kept as a hash. Errors: camp.not_found, auth.forbidden, volunteer.not_found, duty.conflict_of_interest,
// volunteer.claimed.
func (s *Service) HandOver(ctx context.Context, campID, person id.ID) (number, code string, err error) {
	now := s.clock.Now()
	code = newCode()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := tx.Camps().Get(ctx, campID)
		if err != nil {
			return err
		}
		if err := camp.CanWork(p, c); err != nil {
			return err
		}
		v, err := tx.Volunteers().Get(ctx, person)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanHandOver(p, v, campID, ties); err != nil {
			return err
		}
		if claimed, err := tx.Volunteers().HasAccount(ctx, v.ID); err != nil {
			return err
		} else if claimed {
			return ErrClaimed
		}
		number = v.Number
		v.ClaimHash = hashCode(code)
		v.Version++
		if err := tx.Volunteers().Update(ctx, v, now); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.claim_code_made",
			SubjectType: "camp", SubjectID: campID.String(), VolunteerID: &v.ID})
	})
	return number, code, err
}

// TakeOver gives a person the record that was made for him on paper: the code, the name and the day of birth must agree.
// What the record holds stays; his consents are added, and contacts that it lacks. ok is false, whatever the reason, when the claim fails.
func TakeOver(ctx context.Context, tx Roll, c Claim, by Person, at time.Time) (v Volunteer, ok bool, err error) {
	v, err = tx.Volunteers().ByNumber(ctx, c.Number)
	if errors.Is(err, ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	if subtle.ConstantTimeCompare([]byte(v.ClaimHash), []byte(hashCode(c.Code))) != 1 ||
		v.Search != text.Search(by.Name) || v.BirthDate != by.BirthDate || v.Status == Withdrawn {
		return v, false, nil
	}
	v.ClaimHash = ""
	if v.Mobile == "" {
		v.Mobile = by.Mobile
	}
	if v.Email == "" {
		v.Email = by.Email
	}
	v.Version++
	if err := tx.Volunteers().Update(ctx, v, at); errors.Is(err, ErrChanged) {
		return v, false, nil // somebody else was faster with the same code
	} else if err != nil {
		return v, false, err
	}
	if err := tx.Volunteers().LinkWards(ctx, v); err != nil {
		return v, false, err
	}
	return v, true, tx.Volunteers().Consent(ctx, given(v.ID, by.Consents, at, nil, Online)...)
}

// newCode draws 60 bits in twelve letters and digits, none of which looks like another.
func newCode() string {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system has no randomness left
	}
	s := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(b)[:12]
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// hashCode forgives how a code is written: case, hyphens, and letters that were meant as digits.
func hashCode(code string) string {
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
