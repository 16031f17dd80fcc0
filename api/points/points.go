// Package points serves volunteers' points and the budgets they come from.
package points

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/points"
)

// Handler serves the routes of points.
type Handler struct {
	service *points.Service
	reader  points.Reader
}

// New makes the handler.
func New(service *points.Service, reader points.Reader) Handler { return Handler{service, reader} }

// Routes registers the routes. Points are granted by programmes and spent at merchants; neither is done here.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/points", h.mine)
	signedIn.GET("/me/points/entries", h.entries)
	signedIn.POST("/me/points/donations", h.donate)
	signedIn.GET("/points/causes", h.causes)
	signedIn.POST("/points/causes", h.addCause)
	signedIn.POST("/points/causes/:cause_id/end", h.endCause)
	signedIn.GET("/points/budgets/:programme_id", h.budget)
	signedIn.POST("/points/budgets/:programme_id/funding", h.fund)
}

// Mine is what a volunteer holds and owes. The lots add up to points, the debts to owed.
type Mine struct {
	Points     int     `json:"points" example:"2400"` // that can be used now
	Owed       int     `json:"owed" example:"0"`      // settled first by whatever comes in
	Lots       []Lot   `json:"lots"`                  // in the order in which they are spent
	Debts      []Debt  `json:"debts"`                 // the oldest first
	NextExpiry *Expiry `json:"next_expiry" extensions:"x-nullable"`
} //	@name	Points

// Lot is what is left of one grant.
type Lot struct {
	ID          id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	ProgrammeID id.ID        `json:"programme_id" format:"uuid" swaggertype:"string"`
	Granted     int          `json:"granted" example:"2400"`
	Remaining   int          `json:"remaining" example:"2400"`
	ExpiresOn   calendar.Day `json:"expires_on" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2026-12-31"` // the last day on which they can be used; null: they never expire
	Donatable   bool         `json:"donatable" example:"true"`                                                                   // can be given to a cause
} //	@name	PointLot

// Debt is what is owed because points were taken back that had been used.
type Debt struct {
	ID          id.ID     `json:"id" format:"uuid" swaggertype:"string"`
	ProgrammeID id.ID     `json:"programme_id" format:"uuid" swaggertype:"string"`
	Amount      int       `json:"amount" example:"800"`
	Remaining   int       `json:"remaining" example:"300"`
	Reason      string    `json:"reason" example:"인정시간이 취소되어 적립이 회수되었습니다."`
	RaisedAt    time.Time `json:"raised_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	PointDebt

// Expiry is what expires next.
type Expiry struct {
	ExpiresOn calendar.Day `json:"expires_on" format:"date" swaggertype:"string" example:"2026-12-31"`
	Points    int          `json:"points" example:"2400"` // all that expires on that day
} //	@name	PointExpiry

// Entry is one line of the account.
type Entry struct {
	ID         id.ID       `json:"id" format:"uuid" swaggertype:"string"`
	Kind       ledger.Kind `json:"kind" swaggertype:"string" enums:"grant,redemption,cancellation,expiry,donation,take_back,settlement" example:"grant"`
	Points     int         `json:"points" example:"2400"`                        // that came in; below zero when they went out
	Owed       int         `json:"owed" example:"0"`                             // by which what is owed grew; below zero when it was settled
	SourceType string      `json:"source_type" example:"programme"`              // what it came from or went to
	SourceID   id.ID       `json:"source_id" format:"uuid" swaggertype:"string"` // its id
	Reason     string      `json:"reason" example:""`
	PostedAt   time.Time   `json:"posted_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	PointEntry

// EntryPage is a page of entries.
type EntryPage struct {
	Items []Entry `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	PointEntryPage

// DonationRequest is a gift of points.
type DonationRequest struct {
	CauseID id.ID `json:"cause_id" format:"uuid" swaggertype:"string" validate:"required"`
	Points  int   `json:"points" example:"1000" minimum:"1" validate:"required"`
} //	@name	PointDonationRequest

// Donation is what was given.
type Donation struct {
	EntryID  id.ID     `json:"entry_id" format:"uuid" swaggertype:"string"`
	CauseID  id.ID     `json:"cause_id" format:"uuid" swaggertype:"string"`
	Points   int       `json:"points" example:"1000"`
	PostedAt time.Time `json:"posted_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	PointDonation

// mine shows one's own points.
//
//	@ID			getMyPoints
//	@Summary	Read one's own points, debts and what expires next (every volunteer)
//	@Tags		points
//	@Security	bearer
//	@Produce	json
//	@Success	200	{object}	Mine
//	@Failure	401	{object}	problem.Problem	"auth.sign_in"
//	@Failure	403	{object}	problem.Problem	"points.no_person"
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/me/points [get]
func (h Handler) mine(c *gin.Context) {
	m, err := h.service.Mine(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Mine{Points: m.Points, Owed: m.Owed, Lots: make([]Lot, len(m.Lots)), Debts: make([]Debt, len(m.Debts))}
	for i, l := range m.Lots {
		answer.Lots[i] = Lot{ID: l.ID, ProgrammeID: l.ProgrammeID, Granted: l.Granted, Remaining: l.Remaining, ExpiresOn: l.ExpiresOn, Donatable: l.Donatable}
	}
	for i, d := range m.Debts {
		answer.Debts[i] = Debt{ID: d.ID, ProgrammeID: d.ProgrammeID, Amount: d.Amount, Remaining: d.Remaining, Reason: d.Reason, RaisedAt: d.RaisedAt.UTC()}
	}
	if on, expiring, ok := m.NextExpiry(); ok {
		answer.NextExpiry = &Expiry{ExpiresOn: on, Points: expiring}
	}
	c.JSON(http.StatusOK, answer)
}

// entries lists one's own entries.
//
//	@ID				listMyPointEntries
//	@Summary		List the entries of one's own account of points (every volunteer)
//	@Description	Newest first. Nothing in it is ever changed or deleted: what is wrong is set right by another entry.
//	@Tags			points
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	EntryPage
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"points.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/points/entries [get]
func (h Handler) entries(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.MyEntries(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := EntryPage{Items: make([]Entry, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = Entry{ID: l.ID, Kind: l.Kind, Points: l.Points, Owed: l.Owed, SourceType: l.SourceType, SourceID: l.SourceID,
			Reason: l.Reason, PostedAt: l.PostedAt.UTC()}
	}
	c.JSON(http.StatusOK, answer)
}

// donate gives points to a cause.
//
//	@ID				donatePoints
//	@Summary		Give points of one's own to a cause (every volunteer)
//	@Description	Those go first that expire first. What was given is given.
//	@Tags			points
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		DonationRequest	true	"how much to whom"
//	@Success		201				{object}	Donation
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"points.no_person"
//	@Failure		404				{object}	problem.Problem	"points.cause_not_found"
//	@Failure		409				{object}	problem.Problem	"points.insufficient"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/me/points/donations [post]
func (h Handler) donate(c *gin.Context) {
	var req DonationRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	e, err := h.service.Donate(c.Request.Context(), req.CauseID, req.Points)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, Donation{EntryID: e.ID, CauseID: e.SourceID, Points: -e.Minutes, PostedAt: e.PostedAt.UTC()})
}
