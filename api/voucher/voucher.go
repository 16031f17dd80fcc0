// Package voucher serves volunteers' vouchers, and their redemption at a counter.
package voucher

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/guess"
	"dure/api/i18n"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/voucher"
)

// Handler serves the routes of vouchers.
type Handler struct {
	service *voucher.Service
	guesses *guess.Limit
	clock   calendar.Clock
}

// New makes the handler; guesses slows down who shows wrong codes.
func New(service *voucher.Service, guesses *guess.Limit, clock calendar.Clock) Handler {
	return Handler{service, guesses, clock}
}

const redemptions = "/vouchers/:code/redemptions"

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/vouchers", h.mine)
	signedIn.POST("/me/vouchers", h.pay)
	signedIn.PUT("/me/vouchers/:voucher_id/code", h.draw)
	signedIn.POST(redemptions, h.redeem)
	signedIn.GET("/merchants/:merchant_id/redemptions", h.at)
	signedIn.POST("/merchants/:merchant_id/redemptions/:redemption_id/cancellation", h.cancel)
}

// KeepsAnswers implements api.Keeper: what a redemption was told is kept with it, in its own transaction.
func (h Handler) KeepsAnswers() []string { return []string{redemptions} }

// Response is a voucher as its holder sees it.
type Response struct {
	ID           id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7e10"`
	Title        string       `json:"title" example:"종량제 봉투 10리터 2장"`
	Points       int          `json:"points" example:"5000"` // paid out of one's points at the counter; 0 for a thing
	MerchantID   *id.ID       `json:"merchant_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	MerchantKind string       `json:"merchant_kind" enums:"merchant,facility,public" example:"merchant"` // only there; empty for everywhere
	Transferable bool         `json:"transferable" example:"false"`
	ValidFrom    calendar.Day `json:"valid_from" format:"date" swaggertype:"string" example:"2026-07-01"`
	ValidTo      calendar.Day `json:"valid_to" format:"date" swaggertype:"string" example:"2026-12-31"` // included
	State        string       `json:"state" enums:"issued,redeemed,revoked,expired" example:"issued"`
	IssuedAt     time.Time    `json:"issued_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	Reason       string       `json:"reason" example:"인정시간이 취소됨"` // why it was revoked
} //	@name	Voucher

// Drawn is a voucher's new code, shown this once.
type Drawn struct {
	Code      string     `json:"code" example:"7K3M-9QXA-0B2C-4D5E-6F7G-8H9J-K0M1"` // to be printed or typed; the QR code says the same
	ExpiresAt *time.Time `json:"expires_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T01:05:00Z"`
	QRPNG     []byte     `json:"qr_png" format:"byte" swaggertype:"string" example:"iVBORw0KGgo="` // picture, in base64
} //	@name	VoucherCode

// PaymentRequest says what one wants to spend at a counter.
type PaymentRequest struct {
	Points     int    `json:"points" example:"5000" minimum:"1" maximum:"10000000" validate:"required"`
	MerchantID *id.ID `json:"merchant_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // only there; null for anywhere
} //	@name	VoucherPayment

// RedemptionRequest says at which merchant the code is shown.
type RedemptionRequest struct {
	MerchantID id.ID `json:"merchant_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10" validate:"required"`
} //	@name	VoucherRedemptionRequest

// CancelRequest says why a redemption is taken back.
type CancelRequest struct {
	Reason string `json:"reason" example:"다른 물건을 찍음" validate:"required" maxLength:"500"`
} //	@name	VoucherRedemptionCancelling

// Receipt is a redemption as it was made.
type Receipt struct {
	ID               id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7f10"`
	MerchantID       id.ID     `json:"merchant_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10"`
	Title            string    `json:"title" example:"종량제 봉투 10리터 2장"`
	Points           int       `json:"points" example:"5000"` // that the merchant is owed for it
	RedeemedAt       time.Time `json:"redeemed_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	CancellableUntil time.Time `json:"cancellable_until" format:"date-time" example:"2026-07-15T01:30:00Z"`
} //	@name	VoucherReceipt

// Listed is a redemption as it stands now.
type Listed struct {
	Receipt
	CancelledAt *time.Time `json:"cancelled_at" format:"date-time" extensions:"x-nullable"`
	Reason      string     `json:"reason" example:"다른 물건을 찍음"` // of the cancellation
} //	@name	VoucherRedemption

// Page is a page of vouchers.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	VoucherPage

// ListedPage is a page of redemptions.
type ListedPage struct {
	Items []Listed `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	VoucherRedemptionPage

func present(lang i18n.Lang, v voucher.Voucher, today calendar.Day) Response {
	r := Response{ID: v.ID, Title: v.Title, Points: v.Points, MerchantID: v.MerchantID, MerchantKind: string(v.MerchantKind),
		Transferable: v.Transferable, ValidFrom: v.ValidFrom, ValidTo: v.ValidTo, State: string(v.State), IssuedAt: v.IssuedAt.UTC(), Reason: v.Reason}
	if key := "voucher.gone." + v.Reason; i18n.Has(lang, key) { // whoever gave it says why by a code, or in words
		r.Reason = i18n.Text(lang, key, nil)
	}
	if v.State == voucher.Issued && today.After(v.ValidTo) {
		r.State = "expired"
	}
	return r
}

func (h Handler) presentReceipt(r voucher.Receipt) Receipt {
	return Receipt{ID: r.ID, MerchantID: r.MerchantID, Title: r.Title, Points: r.Points, RedeemedAt: r.RedeemedAt.UTC(),
		CancellableUntil: h.service.CancellableUntil(r.Redemption).UTC()}
}

func (h Handler) presentListed(r voucher.Receipt) Listed {
	l := Listed{Receipt: h.presentReceipt(r), Reason: r.Reason}
	if r.CancelledAt != nil {
		at := r.CancelledAt.UTC()
		l.CancelledAt = &at
	}
	return l
}
