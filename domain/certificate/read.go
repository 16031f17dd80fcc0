package certificate

import (
	"context"
	"strings"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// Mine gives the caller's certificates, newest first. Errors: ledger.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, p page.Request) (page.Page[Issued], error) {
	me, err := owner(ctx)
	if err != nil {
		return page.Page[Issued]{}, err
	}
	return s.reader.Of(ctx, me, p)
}

// MyOne gives one of the caller's certificates with its lines. Errors: ledger.no_person, certificate.not_found.
func (s *Service) MyOne(ctx context.Context, certificate id.ID) (Issued, []Line, error) {
	me, err := owner(ctx)
	if err != nil {
		return Issued{}, nil, err
	}
	return s.reader.One(ctx, me, certificate)
}

// MyPaper gives the PDF of one of the caller's certificates, to the byte as it was issued. Errors: ledger.no_person,
// certificate.not_found.
func (s *Service) MyPaper(ctx context.Context, certificate id.ID) (Issued, []byte, error) {
	me, err := owner(ctx)
	if err != nil {
		return Issued{}, nil, err
	}
	return s.reader.Paper(ctx, me, certificate)
}

func owner(ctx context.Context) (id.ID, error) {
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return id.Nil, ledger.ErrNoPerson
	}
	return me, nil
}

// Check finds the certificate of a number for anybody who holds its paper. What may be told of it is little: see the API.
// Errors: certificate.not_found.
func (s *Service) Check(ctx context.Context, number string) (Issued, error) {
	number, err := ParseNumber(number)
	if err != nil {
		return Issued{}, err
	}
	return s.reader.ByNumber(ctx, number)
}

// Document says what a PDF is.
type Document string

const (
	Genuine Document = "genuine" // to the byte as it was issued
	Altered Document = "altered" // anything else
)

// Document tells whether a PDF of this SHA-256, in hex, is the paper that was issued.
func (c Certificate) Document(hash string) Document {
	if strings.EqualFold(hash, c.PaperHash) {
		return Genuine
	}
	return Altered
}
