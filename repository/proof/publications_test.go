package proof_test

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/proof"
	"dure/domain/publication"
	"dure/repository"
	"dure/repository/dbtest"
	publicationstore "dure/repository/publication"
)

// published is what two officers let analysts read of the first half of the year.
func (c *lived) published() {
	c.t.Helper()
	store := publicationstore.NewStore(c.db)
	service := publication.NewService(store, store, c.clock(), publication.Settings{})
	made, err := service.Propose(c.officer.ctx, publication.Proposal{Year: 2026, Audience: publication.Analysts, Reason: "반기"})
	if err != nil {
		c.t.Fatal(err)
	}
	if done, err := service.Work(context.Background()); err != nil || !done {
		c.t.Fatal(done, err)
	}
	second, _ := dbtest.Person(c.t, c.db, "이센터", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	if made, err = service.Release(second, made.ID); err != nil || made.Version != 1 {
		c.t.Fatal(made, err)
	}
	c.publication = made.ID
}

// rehashed is a publication under the hash of what was made of it, as somebody would leave it behind who knows how it is hashed.
func (c *lived) rehashed(tx *repository.Tx, statements ...string) error {
	for _, s := range statements {
		if err := tx.Exec(c.fill(s)).Error; err != nil {
			return err
		}
	}
	kept := publicationstore.Publications{Tx: tx}
	p, err := kept.Lock(context.Background(), c.publication)
	if err != nil {
		return err
	}
	tables, err := kept.Tables(context.Background(), c.publication)
	if err != nil {
		return err
	}
	return tx.Exec(`UPDATE publications SET hash = ? WHERE id = ?`, publication.Hash(p, "", tables), c.publication).Error
}

// cells of the city's total: shown, and what it was made of.
const (
	fewShown = "*\t*\t3\t3\t180\tx\t-\t0\tx\t0\t4400\n"
	fewMade  = "*\t*\t3\t3\t180\t0\t-\t60\t60\t0\t0\t4400\n"
)

var publicationBreaches = []breach{
	{name: "a published name", do: []string{`UPDATE publication_tables SET lines = replace(lines, '충장동', '무등동') WHERE publication_id = '$PUBLICATION'`},
		want: []string{proof.PublishedFrozen}, names: "$PUBLICATION"},
	{name: "when a publication was counted", do: []string{`UPDATE publications SET as_of = '2026-07-01 00:00:00.000000+00:00' WHERE id = '$PUBLICATION'`},
		want: []string{proof.PublishedFrozen}, names: "$PUBLICATION"},
	{name: "a version is missing", by: func(c *lived, tx *repository.Tx) error {
		return c.rehashed(tx, `UPDATE publications SET version = 2, supersedes = id WHERE id = '$PUBLICATION'`)
	}, want: []string{proof.PublishedChained}, names: "$PUBLICATION"},
	{name: "another figure than was counted", by: func(c *lived, tx *repository.Tx) error {
		return c.rehashed(tx, `UPDATE publication_tables SET figures = '`+fewMade+`' WHERE publication_id = '$PUBLICATION' AND name = '*/*'`)
	}, want: []string{proof.PublishedSafe}, names: "*/* * *"},
	{name: "three persons are shown", by: func(c *lived, tx *repository.Tx) error {
		return c.rehashed(tx, `UPDATE publication_tables SET figures = '`+fewMade+`', lines = '`+fewShown+`' WHERE publication_id = '$PUBLICATION' AND name = '*/*'`)
	}, want: []string{proof.PublishedSafe}, names: "*/* * *"},
	{name: "a table gone", by: func(c *lived, tx *repository.Tx) error {
		return c.rehashed(tx, `DELETE FROM publication_tables WHERE publication_id = '$PUBLICATION' AND name = 'home.dong/time.month'`)
	}, want: []string{proof.PublishedSafe}, names: "home.dong/time.month (missing)"},
}
