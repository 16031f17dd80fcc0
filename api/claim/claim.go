// Package claim serves claims on the insurance (보험 청구): reported by volunteers and organisers, handled by claims officers.
package claim

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/domain/claim"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Handler serves the routes of claims.
type Handler struct {
	service *claim.Service
	clock   calendar.Clock
}

// New makes the handler.
func New(service *claim.Service, clock calendar.Clock) Handler { return Handler{service, clock} }

// Routes registers the routes; all of them are about persons.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/claims", h.report)
	signedIn.GET("/claims", h.list)
	signedIn.GET("/me/claims", h.mine)
	signedIn.GET("/camps/:camp_id/claims", h.listAtCamp)
	signedIn.GET("/demand-sites/:site_id/claims", h.listAtSite)
	signedIn.GET("/claims/:claim_id", h.get)
	signedIn.GET("/claims/:claim_id/health", h.health)
	signedIn.GET("/claims/:claim_id/documents/:document_id", h.paper)
	signedIn.POST("/claims/:claim_id/documents", h.addPaper)
	signedIn.POST("/claims/:claim_id/health-consents", h.consent)
	signedIn.POST("/claims/:claim_id/filing", h.file)
	signedIn.POST("/claims/:claim_id/approval", h.approve)
	signedIn.POST("/claims/:claim_id/refusal", h.refuse)
	signedIn.POST("/claims/:claim_id/payment", h.pay)
	signedIn.POST("/claims/:claim_id/closure", h.close)
	signedIn.POST("/claims/:claim_id/withdrawal", h.withdraw)
	signedIn.POST("/insurance-contracts/:contract_id/claim-file", h.claimFile)
}

// Response is where a claim stands.
type Response struct {
	ID              id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	VolunteerID     id.ID        `json:"volunteer_id" format:"uuid" swaggertype:"string"`
	VolunteerNumber string       `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string       `json:"volunteer_name" example:"홍*동"`
	State           claim.State  `json:"state" swaggertype:"string" enums:"reported,documents,filed,approved,refused,paid,closed,withdrawn" example:"documents"`
	HappenedAt      time.Time    `json:"happened_at" format:"date-time" example:"2026-07-14T08:20:00Z"`
	ReportedAt      time.Time    `json:"reported_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	ShiftID         *id.ID       `json:"shift_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // as reported
	AttendanceID    *id.ID       `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	DeadlineOn      calendar.Day `json:"deadline_on" format:"date" swaggertype:"string" example:"2029-07-14"` // the last day on which the insurer takes it
	DeadlinePassed  bool         `json:"deadline_passed" example:"false"`
	Cover           Cover        `json:"cover"`
	MissingPapers   []Required   `json:"missing_papers"`
} //	@name	Claim

// Cover is whether the volunteer was covered at the accident, by what was known at the step.
type Cover struct {
	Status     string  `json:"status" enums:"covered,not_covered" example:"covered"`
	Reason     *string `json:"reason" extensions:"x-nullable" enums:"no_consent,policy_gap,guardian_pending,withdrawn,age_outside,registration_outside,activity_not_approved,shift_cancelled,no_show,no_activity"` // why not
	Detail     *string `json:"detail" extensions:"x-nullable" example:"그때는 보험 계약이 없었습니다."`                                                                                                                         // the reason in words
	Step       int     `json:"step" example:"1"`                                                                                                                                                                   // at which it was asked
	ContractID *id.ID  `json:"contract_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Version    *int    `json:"version" example:"1" extensions:"x-nullable"`
	Basis      *string `json:"basis" extensions:"x-nullable" enums:"sign_up,check_in,verified_attendance" example:"verified_attendance"`
	Window     *Window `json:"window" extensions:"x-nullable"`
	Age        int     `json:"age" example:"36"` // full years at the accident
} //	@name	ClaimCover

// Window is when the activity gave cover, the ways there and back included: from its start up to its end.
type Window struct {
	Start time.Time `json:"start" format:"date-time" example:"2026-07-14T02:00:00Z"`
	End   time.Time `json:"end" format:"date-time" example:"2026-07-14T09:00:00Z"`
} //	@name	ClaimWindow

// Required is a paper that is missing.
type Required struct {
	Code   string `json:"code" example:"diagnosis"`
	NameKo string `json:"name_ko" example:"진단서"`
	NameEn string `json:"name_en" example:"Diagnosis"`
} //	@name	ClaimMissingPaper

func (h Handler) present(lang i18n.Lang, l claim.Listed) Response {
	r := Response{ID: l.ID, VolunteerID: l.VolunteerID, VolunteerNumber: l.VolunteerNumber, VolunteerName: text.Mask(l.VolunteerName), State: l.State,
		HappenedAt: l.HappenedAt.UTC(), ReportedAt: l.ReportedAt.UTC(), ShiftID: l.ShiftID, AttendanceID: l.AttendanceID, DeadlineOn: l.DeadlineOn,
		DeadlinePassed: l.Late(h.clock.Day(h.clock.Now())), Cover: presentCover(lang, l.Cover), MissingPapers: make([]Required, len(l.Missing))}
	for i, m := range l.Missing {
		r.MissingPapers[i] = Required{m.Code, m.NameKo, m.NameEn}
	}
	return r
}

func presentCover(lang i18n.Lang, k claim.Cover) Cover {
	c := Cover{Status: "covered", Step: k.Number, ContractID: k.ContractID, Version: k.Version, Age: k.Age}
	if k.Reason != "" {
		reason, detail := string(k.Reason), i18n.Text(lang, "insurance.reason."+string(k.Reason), nil)
		c.Status, c.Reason, c.Detail = "not_covered", &reason, &detail
		return c
	}
	basis := string(k.Basis)
	c.Basis, c.Window = &basis, &Window{k.WindowStart.UTC(), k.WindowEnd.UTC()}
	return c
}

// Full is a claim with what its reader may see of it.
type Full struct {
	Response
	Details *Details `json:"details" extensions:"x-nullable"` // null for the organiser's people
} //	@name	ClaimFull

// Details are all of a claim but what was written about health.
type Details struct {
	Place         string          `json:"place" example:"광주광역시 동구 금남로 버스 정류장"`
	Text          string          `json:"text" example:"활동을 마치고 돌아가다가 버스에서 넘어졌습니다."`
	Items         []string        `json:"items" example:"hospital_day"` // kinds that are claimed
	Contract      *Contract       `json:"contract" extensions:"x-nullable"`
	Steps         []Step          `json:"steps"`
	Papers        []Paper         `json:"papers"`
	Amounts       []Amount        `json:"amounts"` // that were approved
	ApprovedWon   int64           `json:"approved_won" example:"1260000"`
	HealthText    bool            `json:"health_text" example:"true"`    // there is one
	HealthConsent bool            `json:"health_consent" example:"true"` // the last word
	Consents      []ConsentRecord `json:"consents"`
} //	@name	ClaimDetails

// Contract is the contract in force at the accident.
type Contract struct {
	ID      id.ID  `json:"id" format:"uuid" swaggertype:"string"`
	Insurer string `json:"insurer" example:"삼성화재"`
	Number  string `json:"number" example:"2026-종합-0501"`
} //	@name	ClaimContract

// Step is one step of a claim.
type Step struct {
	Number     int         `json:"number" example:"2"`
	State      claim.State `json:"state" swaggertype:"string" enums:"reported,documents,filed,approved,refused,paid,closed,withdrawn" example:"documents"`
	HappenedAt time.Time   `json:"happened_at" format:"date-time" example:"2026-07-15T02:00:00Z"`
	AccountID  id.ID       `json:"account_id" format:"uuid" swaggertype:"string"`
	Reason     string      `json:"reason" example:"서류를 모두 받았습니다."`
	AmountWon  int64       `json:"amount_won" example:"0"` // approved or paid by it
} //	@name	ClaimStep

// Paper is a document that was handed in.
type Paper struct {
	DocumentID  id.ID     `json:"document_id" format:"uuid" swaggertype:"string"`
	Code        string    `json:"code" example:"diagnosis"`
	Health      bool      `json:"health" example:"true"` // health data
	ContentType string    `json:"content_type" example:"application/pdf"`
	Size        int64     `json:"size" format:"int64" example:"184320"`
	AddedAt     time.Time `json:"added_at" format:"date-time" example:"2026-07-15T02:00:00Z"`
} //	@name	ClaimPaper

// Amount is what was approved for an item.
type Amount struct {
	Kind      string `json:"kind" example:"hospital_day"`
	NameKo    string `json:"name_ko" example:"입원일당"`
	NameEn    string `json:"name_en" example:"Hospital stay"`
	Days      *int   `json:"days" example:"18" extensions:"x-nullable"`
	AmountWon int64  `json:"amount_won" example:"1260000"`
} //	@name	ClaimAmount

// ConsentRecord is a word about the use of health data.
type ConsentRecord struct {
	Version string       `json:"version" example:"2026-05"`
	Granted bool         `json:"granted" example:"true"`
	GivenAt time.Time    `json:"given_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	Medium  claim.Medium `json:"medium" swaggertype:"string" enums:"online,paper" example:"online"`
} //	@name	ClaimConsent

func (h Handler) presentFull(lang i18n.Lang, f claim.Full) Full {
	answer := Full{Response: h.present(lang, f.Listed)}
	if !f.Whole {
		return answer
	}
	d := &Details{Place: f.Place, Text: f.Text, Items: f.Kinds, Contract: presentContract(f.Contract), Steps: make([]Step, len(f.Story)),
		Papers: make([]Paper, len(f.Papers)), Amounts: make([]Amount, len(f.Amounts)), ApprovedWon: f.ApprovedWon, HealthText: f.HealthID != nil,
		HealthConsent: f.Consented(), Consents: make([]ConsentRecord, len(f.Consents))}
	for i, s := range f.Story {
		d.Steps[i] = Step{s.Number, s.State, s.HappenedAt.UTC(), s.AccountID, s.Reason, s.AmountWon}
	}
	for i, p := range f.Papers {
		d.Papers[i] = Paper{p.DocumentID, p.Code, p.Document.Purpose == document.ClaimHealth, p.Document.ContentType, p.Document.Size, p.AddedAt.UTC()}
	}
	for i, a := range f.Amounts {
		d.Amounts[i] = Amount{a.Kind, a.NameKo, a.NameEn, a.Days, a.AmountWon}
	}
	for i, c := range f.Consents {
		d.Consents[i] = ConsentRecord{c.Version, c.Granted, c.GivenAt.UTC(), c.Medium}
	}
	answer.Details = d
	return answer
}

func presentContract(c *insurance.Contract) *Contract {
	if c == nil {
		return nil
	}
	return &Contract{c.ID, c.Insurer, c.Number}
}
