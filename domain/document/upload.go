package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Upload is a file that somebody hands in.
type Upload struct {
	Purpose  Purpose
	FileName string
	Content  []byte
}

// Upload keeps a document: PDF, JPEG, PNG or HEIC by its content. The bytes go first, so that no document is without them;
// bytes whose document came to nothing are swept away later. Whether an account has handed in too much is looked at before
// they go, so that nobody fills the vault, and again under a lock. Errors: auth.sign_in, request.invalid, document.empty,
// document.too_large, document.type_not_allowed, document.too_much_today, document.vault_unavailable.
func (s *Service) Upload(ctx context.Context, cmd Upload) (Document, error) {
	now := s.clock.Now()
	contentType, err := cmd.acceptable(s.limits.Size)
	if err != nil {
		return Document{}, err
	}
	sum := sha256.Sum256(cmd.Content)
	d := Document{ID: id.New(), Purpose: cmd.Purpose, ContentType: contentType, Size: int64(len(cmd.Content)),
		SHA256: hex.EncodeToString(sum[:]), FileName: fileName(cmd.FileName), UploadedAt: now}
	if err := s.fits(ctx, s.store, auth.From(ctx).AccountID, d.Size, now); err != nil {
		return Document{}, err
	}
	if err := s.vault.Put(ctx, d.ID, cmd.Content); err != nil {
		return Document{}, err
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := s.fits(ctx, tx.Documents(), p.AccountID, d.Size, now); err != nil {
			return err
		}
		d.UploadedBy, d.VolunteerID = p.AccountID, nil
		if p.VolunteerID != id.Nil {
			d.VolunteerID = &p.VolunteerID
		}
		if err := tx.Documents().Add(ctx, d); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, d.event("document.uploaded", p, now))
	})
	return d, err
}

// fits refuses a document with which its sender would have handed in more within a day than he may.
func (s *Service) fits(ctx context.Context, known interface {
	Uploaded(ctx context.Context, account id.ID, since time.Time) (int64, error)
}, account id.ID, size int64, now time.Time) error {
	before, err := known.Uploaded(ctx, account, now.Add(-24*time.Hour))
	if err == nil && before+size > s.limits.Day {
		err = ErrTooMuch.With("mib", s.limits.Day>>20)
	}
	return err
}

func (cmd Upload) acceptable(limit int64) (contentType string, err error) {
	f := fault.Collect()
	if f.Require(cmd.Purpose != "", "purpose") && !cmd.Purpose.known() {
		f.Add("purpose", "unknown")
	}
	if err := f.Err(); err != nil {
		return "", err
	}
	switch size := int64(len(cmd.Content)); {
	case size == 0:
		return "", ErrEmpty
	case size > limit:
		return "", TooLarge(limit)
	}
	contentType, ok := sniff(cmd.Content)
	if !ok {
		return "", ErrType
	}
	return contentType, nil
}

// TooLarge is the refusal of a document over a limit of bytes.
func TooLarge(limit int64) error { return ErrTooLarge.With("mib", limit>>20) }

// Read gives a document and its bytes to who may look at it; every look by another than who uploaded it is kept. Errors:
// document.not_found, document.damaged, document.vault_unavailable.
func (s *Service) Read(ctx context.Context, documentID id.ID) (Document, []byte, error) {
	now := s.clock.Now()
	var d Document
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if d, err = tx.Documents().Get(ctx, documentID); err != nil {
			return err
		}
		if err := CanRead(p, d); err != nil || p.AccountID == d.UploadedBy {
			return err
		}
		return tx.Audit().Record(ctx, d.event("document.read", p, now))
	})
	if err != nil {
		return Document{}, nil, err
	}
	content, err := Fetch(ctx, s.vault, d)
	return d, content, err
}

// Fetch gives the bytes of a document that somebody was allowed to see. Errors: document.damaged, document.vault_unavailable.
func Fetch(ctx context.Context, v Vault, d Document) ([]byte, error) {
	content, err := v.Get(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != d.SHA256 {
		return nil, fmt.Errorf("%w: document %s has another hash", ErrDamaged, d.ID)
	}
	return content, nil
}

// Seal puts a text into the vault, for a feature that must not keep it in a table, and gives the document that it is to add in
// its transaction, with who wrote it. Errors: document.vault_unavailable.
func Seal(ctx context.Context, v Vault, purpose Purpose, text string, now time.Time) (Document, error) {
	sum := sha256.Sum256([]byte(text))
	d := Document{ID: id.New(), Purpose: purpose, ContentType: "text/plain; charset=utf-8", Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
		UploadedAt: now}
	return d, v.Put(ctx, d.ID, []byte(text))
}

func (d Document) event(action string, p auth.Principal, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &p.AccountID, Action: action, SubjectType: "document", SubjectID: d.ID.String(),
		VolunteerID: d.VolunteerID, Detail: fmt.Sprintf(`{"purpose":%q}`, d.Purpose)}
}

// orphanAge is how old bytes without a document are when they are swept away. It is much longer than an upload takes, so
// that a database that was set back to the day before finds the bytes of what it then learns again.
const orphanAge = 7 * 24 * time.Hour

// Sweep removes bytes that no document refers to, and tells how many.
func (s *Service) Sweep(ctx context.Context) (removed int, err error) {
	before := s.clock.Now().Add(-orphanAge)
	err = s.vault.Each(ctx, func(ids []id.ID) error {
		var old, orphans []id.ID
		for _, i := range ids {
			if seconds, nanos := i.Time().UnixTime(); time.Unix(seconds, nanos).Before(before) {
				old = append(old, i)
			}
		}
		if len(old) == 0 {
			return nil
		}
		if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
			orphans, err = tx.Documents().Unknown(ctx, old)
			return err
		}); err != nil {
			return err
		}
		for _, i := range orphans {
			if err := s.vault.Remove(ctx, i); err != nil {
				return err
			}
			removed++
		}
		return nil
	})
	return removed, err
}
