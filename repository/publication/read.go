package publication

import (
	"context"
	"errors"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/publication"
	"dure/domain/region"
	"dure/repository"
	cubestore "dure/repository/cube"
)

// listed adds to each publication what came after it.
const listed = `SELECT p.*, n.id AS superseded_by FROM publications p LEFT JOIN publications n ON n.supersedes = p.id`

// Find implements publication.Reader.
func (s Store) Find(ctx context.Context, f publication.Filter, p page.Request) (page.Page[publication.Listed], error) {
	var rows []publication.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("("+listed+") AS l").Where("l.state = ?", f.State)
		if f.Audience != "" {
			q = q.Where("l.audience = ?", f.Audience)
		}
		if f.Year != 0 {
			q = q.Where("l.year = ?", f.Year)
		}
		if f.Current {
			q = q.Where("l.superseded_by IS NULL")
		}
		if len(p.After) == 2 {
			at, err := time.Parse(repository.TimeLayout, p.After[0])
			if err != nil {
				return page.ErrCursor
			}
			after, err := id.Parse(p.After[1])
			if err != nil {
				return page.ErrCursor
			}
			q = q.Where("(COALESCE(l.decided_at, l.proposed_at), l.id) < (?, ?)", at, after)
		}
		return q.Order("COALESCE(l.decided_at, l.proposed_at) DESC, l.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l publication.Listed) []string {
		at := l.ProposedAt
		if l.DecidedAt != nil {
			at = *l.DecidedAt
		}
		return []string{at.UTC().Format(repository.TimeLayout), l.ID.String()}
	}), err
}

// Get implements publication.Reader.
func (s Store) Get(ctx context.Context, publicationID id.ID) (l publication.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(listed+` WHERE p.id = ?`, publicationID).Scan(&l)
		if found.Error == nil && found.RowsAffected == 0 {
			return publication.ErrNotFound
		}
		return found.Error
	})
	return l, err
}

// Shown implements publication.Reader.
func (s Store) Shown(ctx context.Context, publicationID id.ID, name string) (t publication.Table, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(`SELECT name, lines FROM publication_tables WHERE publication_id = ? AND name = ?`, publicationID, name).Scan(&t)
		if found.Error == nil && found.RowsAffected == 0 {
			return publication.ErrNotFound
		}
		return found.Error
	})
	return t, err
}

// Places implements publication.Reader.
func (s Store) Places(ctx context.Context) (all []publication.Place, err error) {
	err = s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		all, err = source{cubestore.Figures{Tx: tx}}.Places(ctx)
		return err
	})
	return all, err
}

// Snapshot implements publication.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, src publication.Source) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if tx.Postgres() { // a city's facts take longer to read than a request may
			if err := tx.Exec(`SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`).Error; err != nil {
				return err
			}
		}
		return fn(ctx, source{cubestore.Figures{Tx: tx}})
	})
}

// source implements publication.Source in a snapshot.
type source struct {
	cubestore.Figures
}

func (s source) Atlas(ctx context.Context) (*cube.Atlas, error) {
	return cubestore.Cubes{Tx: s.Tx}.Atlas(ctx)
}

func (s source) EachPerson(ctx context.Context, fn func(facts []cube.Fact) error) error {
	return cubestore.Cubes{Tx: s.Tx}.EachPerson(ctx, 0, fn)
}

func (s source) Places(ctx context.Context) ([]publication.Place, error) {
	atlas, err := s.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	var regions []region.Region
	if err := s.Tx.Raw(`SELECT * FROM regions ORDER BY code`).Scan(&regions).Error; err != nil {
		return nil, err
	}
	former := map[string][]string{} // by what the code has become
	for _, r := range regions {
		if newest, _, _ := atlas.Area(r.Code); newest != r.Code {
			former[newest] = append(former[newest], r.Code)
		}
	}
	var all []publication.Place
	for _, r := range atlas.Units(regions) {
		p := publication.Place{Code: r.Code, Level: string(r.Level), Name: r.Name, Lat: r.Lat, Lon: r.Lon, Former: former[r.Code]}
		if r.Level == region.Dong {
			_, gu, _ := atlas.Area(r.Code)
			p.Parent = gu
		}
		all = append(all, p)
	}
	return all, nil
}

func (s source) Fields(context.Context) (all []publication.Field, err error) {
	err = s.Tx.Raw(`SELECT group_code AS code, MIN(group_name) AS name FROM activity_fields GROUP BY group_code ORDER BY group_code`).Scan(&all).Error
	return all, err
}

func (s source) Key(context.Context) (key string, err error) {
	found := s.Tx.Raw(`SELECT value FROM settings WHERE key = ?`, keySetting).Scan(&key)
	if found.Error == nil && found.RowsAffected == 0 {
		return "", errors.New("publication: the secret of rounding is gone")
	}
	return key, found.Error
}

func (s source) Versions(ctx context.Context, year int, audience publication.Audience) ([]publication.Publication, error) {
	return Publications{s.Tx}.Versions(ctx, year, audience)
}

func (s source) Tables(ctx context.Context, p publication.Publication) ([]publication.Table, error) {
	return Publications{s.Tx}.Tables(ctx, p.ID)
}

var (
	_ publication.Store  = Store{}
	_ publication.Reader = Store{}
)
