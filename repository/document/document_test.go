package document_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/document"
)

var morning = time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)

func TestDocumentsAreUsableByWhoHandedThemIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, p := dbtest.Person(t, db, "홍길동")
		_, other := dbtest.Person(t, db, "김철수")
		hash := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
		made := func(account id.ID, volunteer *id.ID, purpose document.Purpose) document.Document {
			return document.Document{ID: id.New(), Purpose: purpose, ContentType: "application/pdf", Size: 10, SHA256: hash, FileName: "일지.pdf",
				UploadedBy: account, VolunteerID: volunteer, UploadedAt: morning}
		}
		mine, more := made(p.AccountID, &p.VolunteerID, document.LateProof), made(p.AccountID, nil, document.LateProof)
		forDispute, theirs := made(p.AccountID, &p.VolunteerID, document.Dispute), made(other.AccountID, &other.VolunteerID, document.LateProof)
		err := store.NewStore(db).Update(ctx, func(ctx context.Context, tx document.Tx) error {
			for _, d := range []document.Document{mine, more, forDispute, theirs} {
				if err := tx.Documents().Add(ctx, d); err != nil {
					return err
				}
			}
			if got, err := tx.Documents().Get(ctx, mine.ID); err != nil || *got.VolunteerID != p.VolunteerID || got.FileName != mine.FileName || !got.UploadedAt.Equal(morning) {
				t.Errorf("%+v %v", got, err)
			}
			if _, err := tx.Documents().Get(ctx, id.New()); !errors.Is(err, document.ErrNotFound) {
				t.Error(err)
			}
			for name, c := range map[string]struct {
				ids []id.ID
				ok  bool
			}{
				"none": {nil, true}, "one": {[]id.ID{mine.ID}, true}, "both": {[]id.ID{mine.ID, more.ID}, true}, "twice": {[]id.ID{mine.ID, mine.ID}, true},
				"another's": {[]id.ID{mine.ID, theirs.ID}, false}, "for another purpose": {[]id.ID{forDispute.ID}, false}, "none there": {[]id.ID{id.New()}, false},
			} {
				err := tx.Documents().Usable(ctx, p.AccountID, c.ids, document.LateProof)
				if (err == nil) != c.ok || err != nil && !errors.Is(err, document.ErrNotFound) {
					t.Errorf("%s: %v", name, err)
				}
			}
			nobodys := id.New()
			unknown, err := tx.Documents().Unknown(ctx, []id.ID{mine.ID, nobodys, theirs.ID})
			if err != nil || !slices.Equal(unknown, []id.ID{nobodys}) {
				t.Error(unknown, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{`UPDATE documents SET sha256 = ''`, `DELETE FROM documents`,
			`INSERT INTO documents SELECT * FROM documents LIMIT 1`} {
			if err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement).Error }); err == nil {
				t.Error(statement, " went through")
			}
		}
	})
}

func TestOfManyFirstKeysOneStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := store.NewStore(db).FirstKey(context.Background(), store.Key{Secret: id.Secret(), CreatedAt: morning}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if keys, err := store.NewStore(db).Keys(context.Background()); err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
	})
}
