package main

import (
	"context"
	"log/slog"
	"runtime"

	"github.com/gin-gonic/gin"

	"dure/api"
	accessapi "dure/api/access"
	accountapi "dure/api/account"
	activityapi "dure/api/activity"
	attendanceapi "dure/api/attendance"
	campapi "dure/api/camp"
	ledgerapi "dure/api/ledger"
	recognitionapi "dure/api/recognition"
	regionapi "dure/api/region"
	roleapi "dure/api/role"
	signupapi "dure/api/signup"
	siteapi "dure/api/site"
	statisticsapi "dure/api/statistics"
	volunteerapi "dure/api/volunteer"
	webhookapi "dure/api/webhook"
	"dure/domain/access"
	"dure/domain/account"
	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/ledger"
	"dure/domain/recognition"
	"dure/domain/role"
	"dure/domain/signup"
	"dure/domain/site"
	"dure/domain/statistics"
	"dure/domain/volunteer"
	"dure/domain/webhook"
	"dure/repository"
	accessstore "dure/repository/access"
	accountstore "dure/repository/account"
	activitystore "dure/repository/activity"
	attendancestore "dure/repository/attendance"
	campstore "dure/repository/camp"
	ledgerstore "dure/repository/ledger"
	recognitionstore "dure/repository/recognition"
	regionstore "dure/repository/region"
	rolestore "dure/repository/role"
	signupstore "dure/repository/signup"
	sitestore "dure/repository/site"
	statisticsstore "dure/repository/statistics"
	volunteerstore "dure/repository/volunteer"
)

// dependencies is what the features are built on.
type dependencies struct {
	db     *repository.DB
	clock  calendar.Clock
	hasher *account.Hasher
	texts  volunteer.Texts
	tokens *tokens
	hosts  webhook.Hosts // where webhooks may go
}

// connect makes the dependencies on a database that is ready.
func connect(ctx context.Context, cfg config, db *repository.DB, clock calendar.Clock) (d dependencies, err error) {
	d = dependencies{db: db, clock: clock, hasher: account.NewHasher(account.Usual, runtime.NumCPU()),
		texts: volunteer.Texts{volunteer.Terms: cfg.TermsVersion, volunteer.Privacy: cfg.PrivacyVersion}, hosts: webhook.Hosts{Loopback: cfg.WebhookLoopback}}
	d.tokens, err = newTokens(ctx, cfg, db, clock)
	return d, err
}

// features is the wiring: each feature's store, its use cases and its handler.
func features(d dependencies) []api.Feature {
	accesses := accessstore.NewStore(d.db, d.clock.Zone)
	accounts := accountstore.NewStore(d.db)
	activities := activitystore.NewStore(d.db, d.clock.Zone)
	camps := campstore.NewStore(d.db)
	recognitions := recognitionstore.NewStore(d.db)
	regions := regionstore.NewStore(d.db)
	signUps := signupstore.NewStore(d.db, d.clock.Zone)
	sites := sitestore.NewStore(d.db)
	volunteers := volunteer.NewService(volunteerstore.NewStore(d.db), d.clock, d.texts)

	return []api.Feature{
		accountapi.New(account.NewService(accounts, d.clock, d.hasher, d.tokens, d.texts, d.tokens.Forget), accounts, volunteers),
		volunteerapi.New(volunteers),
		roleapi.New(role.NewService(rolestore.NewStore(d.db), d.clock, d.tokens.Forget)),
		regionapi.New(regions, d.clock),
		campapi.New(camp.NewService(camps, d.clock), camps),
		siteapi.New(site.NewService(sites, d.clock), sites),
		activityapi.New(activity.NewService(activities, activities, d.clock), activities),
		signupapi.New(signup.NewService(signUps, signUps, d.clock), d.clock),
		attendanceapi.New(attendances(d), d.clock),
		ledgerapi.New(ledger.NewService(ledgerstore.NewStore(d.db), d.clock)),
		recognitionapi.New(recognition.NewService(recognitions, d.clock), recognitions),
		statisticsapi.New(statistics.NewService(statisticsstore.NewStore(d.db), d.clock)),
		accessapi.New(access.NewService(accesses, accesses, d.clock)),
		webhookapi.New(webhooks(d)),
	}
}

func attendances(d dependencies) *attendance.Service {
	store := attendancestore.NewStore(d.db)
	return attendance.NewService(store, store, d.clock)
}

// newEngine builds the API.
func newEngine(ctx context.Context, cfg config, d dependencies, log *slog.Logger, observe gin.HandlerFunc) (*gin.Engine, error) {
	cursorKey, err := d.tokens.cursorKey(ctx)
	if err != nil {
		return nil, err
	}
	return api.New(api.Options{
		Features:       features(d),
		Authenticator:  d.tokens,
		Answers:        d.db,
		Health:         d.db,
		Clock:          d.clock,
		CursorKey:      cursorKey,
		JWKS:           d.tokens.JWKS,
		Log:            log,
		TrustedProxies: cfg.TrustedProxies,
		AuthRate:       api.Rate{PerSecond: cfg.AuthRate, Burst: cfg.AuthBurst},
		Observe:        observe,
	})
}
