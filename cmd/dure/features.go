package main

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api"
	accessapi "dure/api/access"
	accountapi "dure/api/account"
	activityapi "dure/api/activity"
	anomalyapi "dure/api/anomaly"
	attendanceapi "dure/api/attendance"
	awardapi "dure/api/award"
	campapi "dure/api/camp"
	cardapi "dure/api/card"
	certificateapi "dure/api/certificate"
	claimapi "dure/api/claim"
	cubeapi "dure/api/cube"
	"dure/api/dashboard"
	disputeapi "dure/api/dispute"
	documentapi "dure/api/document"
	exportapi "dure/api/export"
	"dure/api/guess"
	holidayapi "dure/api/holiday"
	insuranceapi "dure/api/insurance"
	ledgerapi "dure/api/ledger"
	merchantapi "dure/api/merchant"
	pointsapi "dure/api/points"
	programmeapi "dure/api/programme"
	publicationapi "dure/api/publication"
	recognitionapi "dure/api/recognition"
	regionapi "dure/api/region"
	roleapi "dure/api/role"
	settlementapi "dure/api/settlement"
	signupapi "dure/api/signup"
	siteapi "dure/api/site"
	statisticsapi "dure/api/statistics"
	targetapi "dure/api/target"
	transferapi "dure/api/transfer"
	volunteerapi "dure/api/volunteer"
	voucherapi "dure/api/voucher"
	webhookapi "dure/api/webhook"
	windowapi "dure/api/window"
	"dure/domain/access"
	"dure/domain/account"
	"dure/domain/activity"
	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/award"
	"dure/domain/camp"
	"dure/domain/card"
	"dure/domain/certificate"
	"dure/domain/certificate/paper"
	"dure/domain/claim"
	"dure/domain/cube"
	"dure/domain/dispute"
	"dure/domain/document"
	"dure/domain/export"
	"dure/domain/holiday"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/ledger"
	"dure/domain/merchant"
	"dure/domain/points"
	"dure/domain/programme"
	"dure/domain/publication"
	"dure/domain/recognition"
	"dure/domain/role"
	"dure/domain/settlement"
	"dure/domain/signup"
	"dure/domain/site"
	"dure/domain/statistics"
	"dure/domain/target"
	"dure/domain/transfer"
	"dure/domain/volunteer"
	"dure/domain/voucher"
	"dure/domain/webhook"
	"dure/domain/window"
	"dure/repository"
	accessstore "dure/repository/access"
	accountstore "dure/repository/account"
	activitystore "dure/repository/activity"
	anomalystore "dure/repository/anomaly"
	attendancestore "dure/repository/attendance"
	awardstore "dure/repository/award"
	campstore "dure/repository/camp"
	cardstore "dure/repository/card"
	certificatestore "dure/repository/certificate"
	claimstore "dure/repository/claim"
	cubestore "dure/repository/cube"
	disputestore "dure/repository/dispute"
	documentstore "dure/repository/document"
	exportstore "dure/repository/export"
	holidaystore "dure/repository/holiday"
	insurancestore "dure/repository/insurance"
	ledgerstore "dure/repository/ledger"
	merchantstore "dure/repository/merchant"
	pointsstore "dure/repository/points"
	programmestore "dure/repository/programme"
	publicationstore "dure/repository/publication"
	recognitionstore "dure/repository/recognition"
	regionstore "dure/repository/region"
	rolestore "dure/repository/role"
	settlementstore "dure/repository/settlement"
	signupstore "dure/repository/signup"
	sitestore "dure/repository/site"
	statisticsstore "dure/repository/statistics"
	targetstore "dure/repository/target"
	transferstore "dure/repository/transfer"
	volunteerstore "dure/repository/volunteer"
	voucherstore "dure/repository/voucher"
	windowstore "dure/repository/window"
)

// dependencies is what the features are built on.
type dependencies struct {
	db             *repository.DB
	clock          calendar.Clock
	deadline       time.Duration // of a request
	hasher         *account.Hasher
	texts          volunteer.Texts
	tokens         *tokens
	vault          document.Vault
	limits         document.Limits
	paper          paper.Printer
	issuer         string        // of certificates
	checks         api.Rate      // of certificates
	voucherGuesses api.Rate      // of codes, by account
	voucherCancel  time.Duration // how long a redemption can be cancelled
	deadlines      dispute.Deadlines
	hosts          webhook.Hosts // where webhooks may go
	questions      int           // about publications, of an analyst a day
}

// connect makes the dependencies on a database that is ready.
func connect(ctx context.Context, cfg config, db *repository.DB, clock calendar.Clock) (d dependencies, err error) {
	d = dependencies{
		db:             db,
		clock:          clock,
		deadline:       api.Deadline,
		hasher:         account.NewHasher(account.Usual, runtime.NumCPU()),
		texts:          volunteer.Texts{volunteer.Terms: cfg.TermsVersion, volunteer.Privacy: cfg.PrivacyVersion},
		limits:         document.Limits{Size: cfg.DocumentMaxMiB << 20, Day: cfg.DocumentDayMiB << 20},
		paper:          paper.New(cfg.PublicURL),
		issuer:         cfg.CertIssuer,
		voucherGuesses: api.Rate{PerSecond: cfg.VoucherGuessRate, Burst: cfg.VoucherGuessBurst},
		voucherCancel:  time.Duration(cfg.VoucherCancelMinutes) * time.Minute,
		checks:         api.Rate{PerSecond: cfg.CheckRate, Burst: cfg.CheckBurst},
		deadlines:      dispute.Deadlines{Answer: cfg.DisputeAnswerDays, Appeal: cfg.DisputeAppealDays},
		hosts:          webhook.Hosts{Loopback: cfg.WebhookLoopback},
		questions:      cfg.PublicationQuestions,
	}
	if d.vault, err = newVault(ctx, cfg, db, clock); err != nil {
		return d, err
	}
	d.tokens, err = newTokens(ctx, cfg, db, clock)
	return d, err
}

// features is the wiring: each feature's store, its use cases and its handler.
func features(d dependencies) []api.Feature {
	accesses := accessstore.NewStore(d.db, d.clock.Zone)
	accounts := accountstore.NewStore(d.db)
	activities := activitystore.NewStore(d.db, d.clock.Zone)
	anomalies := anomalystore.NewStore(d.db)
	camps := campstore.NewStore(d.db)
	holidays := holidaystore.NewStore(d.db)
	insurances := insurancestore.NewStore(d.db)
	recognitions := recognitionstore.NewStore(d.db)
	cardLevels := cardstore.NewStore(d.db)
	certificates := certificatestore.NewStore(d.db)
	merchants := merchantstore.NewStore(d.db)
	regions := regionstore.NewStore(d.db)
	settlements := settlementstore.NewStore(d.db)
	signUps := signupstore.NewStore(d.db, d.clock.Zone)
	sites := sitestore.NewStore(d.db)
	windows := windowstore.NewStore(d.db)
	transfers := transferstore.NewStore(d.db)
	vouchers := voucherstore.NewStore(d.db)
	volunteers := volunteer.NewService(volunteerstore.NewStore(d.db), d.clock, d.texts)

	return []api.Feature{
		accountapi.New(account.NewService(accounts, d.clock, d.hasher, d.tokens, d.texts, d.tokens.Forget), accounts, volunteers),
		volunteerapi.New(volunteers, d.clock),
		roleapi.New(role.NewService(rolestore.NewStore(d.db), d.clock, d.tokens.Forget)),
		regionapi.New(regions, d.clock),
		campapi.New(camp.NewService(camps, d.clock), camps),
		siteapi.New(site.NewService(sites, d.clock), sites),
		activityapi.New(activity.NewService(activities, activities, d.clock), activities),
		signupapi.New(signup.NewService(signUps, signUps, d.clock), d.clock),
		attendanceapi.New(attendances(d), d.clock),
		insuranceapi.New(insurance.NewService(insurances, d.clock), insurances, d.clock),
		claimapi.New(claim.NewService(claimstore.NewStore(d.db), d.vault, d.clock), d.clock),
		documentapi.New(documents(d)),
		windowapi.New(window.NewService(windows, d.clock), windows),
		anomalyapi.New(anomaly.NewService(anomalies, anomalies, d.clock), attendances(d)),
		ledgerapi.New(ledger.NewService(ledgerstore.NewStore(d.db), d.clock)),
		certificateapi.New(certificate.NewService(certificates, certificates, d.paper, d.clock, d.issuer), d.paper, guess.New(d.checks.PerSecond, d.checks.Burst, d.clock).Requests),
		cardapi.New(card.NewService(cardLevels, cardLevels, cards{d.tokens}, d.clock)),
		voucherapi.New(voucher.NewService(vouchers, vouchers, d.clock, d.voucherCancel), guess.New(d.voucherGuesses.PerSecond, d.voucherGuesses.Burst, d.clock), d.clock),
		merchantapi.New(merchant.NewService(merchants, d.clock), merchants, d.clock),
		settlementapi.New(settlement.NewService(settlements, settlements, d.clock)),
		disputeapi.New(disputes(d)),
		pointsapi.New(pointsOf(d), pointsstore.NewStore(d.db)),
		recognitionapi.New(recognition.NewService(recognitions, d.clock), recognitions),
		programmeapi.New(programmes(d), programmestore.NewStore(d.db), d.clock),
		publicationapi.New(publications(d), d.clock.Zone),
		statisticsapi.New(statistics.NewService(statisticsstore.NewStore(d.db), d.clock)),
		cubeapi.New(cubes(d)),
		holidayapi.New(holiday.NewService(holidays, d.clock), holidays, d.clock),
		targetapi.New(target.NewService(targetstore.NewStore(d.db), d.clock)),
		transferapi.New(transfer.NewService(transfers, transfers, d.clock)),
		exportapi.New(export.NewService(exportstore.NewStore(d.db), d.clock), d.clock.Zone),
		accessapi.New(access.NewService(accesses, accesses, d.clock)),
		webhookapi.New(webhooks(d)),
		awardapi.New(awards(d), d.clock),
	}
}

func attendances(d dependencies) *attendance.Service {
	store := attendancestore.NewStore(d.db)
	return attendance.NewService(store, store, d.clock)
}

func awards(d dependencies) *award.Service {
	store := awardstore.NewStore(d.db)
	return award.NewService(store, store, d.clock)
}

func disputes(d dependencies) *dispute.Service {
	store := disputestore.NewStore(d.db)
	return dispute.NewService(store, store, d.clock, d.deadlines)
}

func cubes(d dependencies) *cube.Service { return cube.NewService(cubestore.NewStore(d.db), d.clock) }

func pointsOf(d dependencies) *points.Service {
	store := pointsstore.NewStore(d.db)
	return points.NewService(store, store, d.clock)
}

func programmes(d dependencies) *programme.Service {
	store := programmestore.NewStore(d.db)
	return programme.NewService(store, store, d.clock)
}

func publications(d dependencies) *publication.Service {
	store := publicationstore.NewStore(d.db)
	return publication.NewService(store, store, d.clock, publication.Settings{Budget: d.questions})
}

func documents(d dependencies) *document.Service {
	return document.NewService(documentstore.NewStore(d.db), d.vault, d.clock, d.limits)
}

// newEngine builds the API.
func newEngine(ctx context.Context, cfg config, d dependencies, log *slog.Logger, observe gin.HandlerFunc) (*gin.Engine, error) {
	cursorKey, err := d.tokens.cursorKey(ctx)
	if err != nil {
		return nil, err
	}
	page, err := dashboard.New()
	if err != nil {
		return nil, err
	}
	return api.New(api.Options{
		Features:       features(d),
		Authenticator:  d.tokens,
		Answers:        d.db,
		Health:         d.db,
		Clock:          d.clock,
		Deadline:       d.deadline,
		CursorKey:      cursorKey,
		JWKS:           d.tokens.JWKS,
		Log:            log,
		TrustedProxies: cfg.TrustedProxies,
		AuthRate:       api.Rate{PerSecond: cfg.AuthRate, Burst: cfg.AuthBurst},
		Observe:        observe,
		Page:           page.Routes,
	})
}
