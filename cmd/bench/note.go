package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	attendancestore "dure/repository/attendance"
)

// notebook collects the statements of one transaction.
type notebook struct {
	statements []string
	parameters []any
}

type notebookKey struct{}

// tracer writes every statement into the notebook of its context.
type tracer struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	if n, ok := ctx.Value(notebookKey{}).(*notebook); ok {
		n.statements = append(n.statements, d.SQL)
		for _, arg := range d.Args {
			switch arg.(type) {
			case pgx.QueryResultFormats, pgx.QueryResultFormatsByOID, pgx.QueryExecMode: // how to ask, not what
			default:
				n.parameters = append(n.parameters, arg)
			}
		}
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// note carries out check-outs on a copy of the city through the very use case that the API calls, and keeps what it said
// to the database, so that pgbench can say the same to another copy.
func (b *bench) note(ctx context.Context) error {
	db, err := repository.Open(b.url("note"), repository.Options{MaxConns: 8, Tracer: tracer{}})
	if err != nil {
		return err
	}
	defer db.Close()
	store := attendancestore.NewStore(db)
	service := attendance.NewService(store, store, calendar.Clock{Instant: time.Now, Zone: seoul})
	var (
		mutex sync.Mutex
		notes []notebook
		group errgroup.Group
	)
	group.SetLimit(4)
	for _, shift := range b.running {
		for _, w := range b.people[2:] {
			group.Go(func() error {
				n, err := noteOne(ctx, service, db.Grants(), w, b.head, shift)
				mutex.Lock()
				defer mutex.Unlock()
				notes = append(notes, n)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if len(notes) >= b.checkOutsWanted() {
			break
		}
	}
	return b.keep(ctx, notes)
}

// checkOutsWanted is how many check-outs all rounds of one side may need.
func (b *bench) checkOutsWanted() int {
	return int(2500*b.round.Seconds()) * b.rounds * len(b.clients)
}

func noteOne(ctx context.Context, service *attendance.Service, grants auth.Grants, w, head who, shift id.ID) (notebook, error) {
	n := &notebook{}
	code, err := service.CheckInCode(auth.With(ctx, head.principal()), shift)
	if err != nil {
		return *n, err
	}
	noting := context.WithValue(auth.With(ctx, w.principal()), notebookKey{}, n)
	if _, err := grants.Current(noting, w.principal(), time.Now()); err != nil { // what the API asks before the use case begins
		return *n, err
	}
	a, err := service.CheckOut(noting, shift, code.Digits)
	if err == nil && a.State != attendance.Verified {
		err = errors.New("a check-out did not post")
	}
	return *n, err
}

func (w who) principal() auth.Principal {
	return auth.Principal{AccountID: w.account, VolunteerID: w.volunteer, SessionID: w.session}
}

var parameter = regexp.MustCompile(`\$\d+`)

// keep writes the parameters into pgbench's copy and the statements into its script.
func (b *bench) keep(ctx context.Context, notes []notebook) error {
	var body strings.Builder
	width := 0
	for _, statement := range notes[0].statements {
		from := width
		body.WriteString(parameter.ReplaceAllStringFunc(statement, func(p string) string {
			k, _ := strconv.Atoi(p[1:])
			width = max(width, from+k)
			return fmt.Sprintf(":p%d", from+k)
		}) + ";\n")
	}
	columns, values := make([]string, width), make([]string, width)
	for i := range columns {
		columns[i], values[i] = fmt.Sprintf("p%d", i+1), fmt.Sprintf("$%d", i+2)
	}
	fetch := "SELECT " + strings.Join(columns, ", ") + " FROM bench_work WHERE n = (SELECT nextval('bench_n')) \\gset\n"
	b.replay = fetch + body.String()

	db, err := sql.Open("pgx", b.url("pgbench"))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, query := range []string{"CREATE SEQUENCE bench_n", "CREATE SEQUENCE bench_m", "CREATE TABLE bench_work (n bigint PRIMARY KEY, " + strings.Join(columns, " text, ") + " text)"} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert := "INSERT INTO bench_work VALUES ($1, " + strings.Join(values, ", ") + ")"
	for i, n := range notes {
		if len(n.parameters) != width || len(n.statements) != len(notes[0].statements) {
			return fmt.Errorf("check-outs do not all say the same: %d statements with %d parameters, and %d with %d",
				len(notes[0].statements), width, len(n.statements), len(n.parameters))
		}
		args := []any{i + 1}
		for _, p := range n.parameters {
			args = append(args, literal(p))
		}
		if _, err := tx.ExecContext(ctx, insert, args...); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	fmt.Printf("    %d check-outs of %d statements each\n", len(notes), len(notes[0].statements))
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE bench_work")
	return err
}

// literal writes a parameter as text.
func literal(p any) string {
	switch v := p.(type) {
	case time.Time:
		return v.UTC().Format(repository.TimeLayout)
	case *time.Time:
		return v.UTC().Format(repository.TimeLayout)
	default:
		return fmt.Sprint(p)
	}
}
