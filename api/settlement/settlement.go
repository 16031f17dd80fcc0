// Package settlement serves the monthly statements of merchants.
package settlement

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/settlement"
)

// Handler serves the routes of settlements.
type Handler struct{ service *settlement.Service }

// New makes the handler.
func New(service *settlement.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	const one = "/merchants/:merchant_id/settlements/:month"
	signedIn.GET("/settlements", h.list)
	signedIn.POST("/settlements", h.prepareAll)
	signedIn.GET("/merchants/:merchant_id/settlements", h.listOne)
	signedIn.POST("/merchants/:merchant_id/settlements", h.prepare)
	signedIn.GET(one, h.get)
	signedIn.GET(one+"/lines", h.lines)
	signedIn.GET(one+"/file", h.file)
	signedIn.POST(one+"/confirmation", h.confirm)
	signedIn.POST(one+"/dispute", h.dispute)
	signedIn.POST(one+"/answer", h.answer)
	signedIn.POST(one+"/approval", h.approve)
	signedIn.POST(one+"/payment", h.pay)
}

// Listed is a statement as lists show it. All sums are points.
type Listed struct {
	ID           id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"`
	MerchantID   id.ID     `json:"merchant_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	MerchantName string    `json:"merchant_name" example:"무등산방 국수"`
	Number       int       `json:"number" example:"3"` // of the merchant's statements
	Month        string    `json:"month" format:"year-month" example:"2026-06"`
	State        string    `json:"state" enums:"prepared,confirmed,disputed,answered,approved,paid" example:"approved"`
	StateSince   time.Time `json:"state_since" format:"date-time" example:"2026-07-03T01:00:00Z"`
	Opening      int64     `json:"opening" example:"0"`       // owed when the month began
	Redeemed     int64     `json:"redeemed" example:"125000"` // posted in the month
	Cancelled    int64     `json:"cancelled" example:"5000"`  // posted in the month, whenever the redemption was
	Paid         int64     `json:"paid" example:"0"`          // payments posted in the month
	Closing      int64     `json:"closing" example:"120000"`  // owed when it ended
	Carried      int64     `json:"carried" example:"0"`       // below zero by what more was cancelled than redeemed before
	Payable      int64     `json:"payable" example:"120000"`  // carried + redeemed - cancelled, never below zero
	Lines        int       `json:"lines" example:"26"`        // how many there are
	Hash         string    `json:"hash" example:"9f86d0818…"` // SHA-256 over all that it says, its lines, and the statement before
} //	@name	Settlement

// Step is one step of a statement.
type Step struct {
	Number     int          `json:"number" example:"2"`
	State      string       `json:"state" enums:"prepared,confirmed,disputed,answered,approved,paid" example:"confirmed"` // that it led to
	HappenedAt time.Time    `json:"happened_at" format:"date-time" example:"2026-07-03T01:00:00Z"`
	Reason     string       `json:"reason" example:"7월 3일 결제 한 건이 빠졌습니다."`
	Reference  string       `json:"reference,omitempty" example:"2026-0703-001"`                              // of a payment
	PaidOn     calendar.Day `json:"paid_on,omitzero" format:"date" swaggertype:"string" example:"2026-07-03"` // the bank's day
	EntryID    *id.ID       `json:"entry_id,omitempty" format:"uuid" swaggertype:"string"`                    // of the payment, on the ledger
} //	@name	SettlementStep

// Response is a statement with its story.
type Response struct {
	Listed
	Steps []Step `json:"steps"`
} //	@name	SettlementFull

// Line is one posting to what a merchant is owed.
type Line struct {
	Number       int          `json:"number" example:"1"`
	Kind         string       `json:"kind" enums:"redemption,cancellation,payment" example:"redemption"`
	Day          calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-06-14"` // on which it was posted
	RedemptionID *id.ID       `json:"redemption_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	EntryID      id.ID        `json:"entry_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d11"`
	Points       int64        `json:"points" example:"5000"` // below zero for cancellations and payments
} //	@name	SettlementLine

// Page is a page of statements.
type Page struct {
	Items []Listed `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	SettlementPage

// LinePage is a page of lines.
type LinePage struct {
	Items []Line  `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	SettlementLinePage

// MonthRequest names a month.
type MonthRequest struct {
	Month string `json:"month" format:"year-month" example:"2026-06" validate:"required"`
} //	@name	SettlementMonthRequest

// PreparedResponse tells what was prepared.
type PreparedResponse struct {
	Prepared []Key `json:"prepared"`
	More     bool  `json:"more"` // others are due: ask again
} //	@name	SettlementsPrepared

// Key names a statement.
type Key struct {
	MerchantID id.ID  `json:"merchant_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	Month      string `json:"month" format:"year-month" example:"2026-06"`
} //	@name	SettlementKey

// ReasonRequest says why.
type ReasonRequest struct {
	Reason string `json:"reason" example:"6월 14일 결제 한 건이 빠졌습니다." maxLength:"500"`
} //	@name	SettlementReasonRequest

// PaymentRequest is what the treasury did.
type PaymentRequest struct {
	Reference string       `json:"reference" example:"2026-0703-001" maxLength:"100" validate:"required"`               // of the transfer
	PaidOn    calendar.Day `json:"paid_on" format:"date" swaggertype:"string" example:"2026-07-03" validate:"required"` // the bank's day
	Reason    string       `json:"reason" example:"" maxLength:"500"`
} //	@name	SettlementPaymentRequest

// key reads a merchant and a month from the path.
func key(c *gin.Context) (k settlement.Key, err error) {
	if k.MerchantID, err = bind.ID(c, "merchant_id"); err != nil {
		return k, err
	}
	month, ok := monthOf(c.Param("month"))
	if !ok {
		return k, id.ErrMalformed
	}
	k.Month = month
	return k, nil
}

// monthOf reads YYYY-MM, and gives its first day.
func monthOf(s string) (calendar.Day, bool) {
	first, err := calendar.Parse(s + "-01")
	return first, err == nil
}

func written(month calendar.Day) string { return month.String()[:len("2006-01")] }

func presentListed(l settlement.Listed) Listed {
	return Listed{ID: l.ID, MerchantID: l.MerchantID, MerchantName: l.MerchantName, Number: l.Number, Month: written(l.Month), State: string(l.State),
		StateSince: l.MovedAt.UTC(), Opening: l.Opening, Redeemed: l.Redeemed, Cancelled: l.Cancelled, Paid: l.Paid, Closing: l.Closing,
		Carried: l.Carried, Payable: l.Payable, Lines: l.Lines, Hash: l.Hash}
}

func present(f settlement.Full) Response {
	r := Response{Listed: presentListed(f.Listed), Steps: make([]Step, len(f.Story))}
	for i, s := range f.Story {
		r.Steps[i] = Step{Number: s.Number, State: string(s.State), HappenedAt: s.HappenedAt.UTC(), Reason: s.Reason, Reference: s.Reference,
			PaidOn: s.PaidOn, EntryID: s.EntryID}
	}
	return r
}
