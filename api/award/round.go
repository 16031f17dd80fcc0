package award

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Item is a category, a grade or a question of a round.
type Item struct {
	Code   string `json:"code" example:"individual" validate:"required" maxLength:"40"`
	NameKo string `json:"name_ko" example:"개인" validate:"required" maxLength:"100"`
	NameEn string `json:"name_en" example:"Individuals" validate:"required" maxLength:"100"`
} //	@name	AwardRoundItem

// RoundRequest is a new round.
type RoundRequest struct {
	Name         string       `json:"name" example:"대한민국 자원봉사대상" validate:"required" maxLength:"100"`
	Year         int          `json:"year" example:"2026" validate:"required"`
	OpensOn      calendar.Day `json:"opens_on" format:"date" swaggertype:"string" example:"2026-07-15" validate:"required"`
	ClosesOn     calendar.Day `json:"closes_on" format:"date" swaggertype:"string" example:"2026-08-31" validate:"required"`     // last day to nominate and to support
	VerifiedFrom calendar.Day `json:"verified_from" format:"date" swaggertype:"string" example:"2026-10-01" validate:"required"` // public verification, after closes_on
	VerifiedTo   calendar.Day `json:"verified_to" format:"date" swaggertype:"string" example:"2026-10-14" validate:"required"`   // its last day; decisions come after
	Reference    string       `json:"reference" example:"2026년 대한민국 자원봉사대상 추천 공고" validate:"required" maxLength:"200"`
	Categories   []Item       `json:"categories" validate:"required" maxItems:"30"`
	Grades       []Item       `json:"grades" validate:"required" maxItems:"30"`    // highest first
	Questions    []Item       `json:"questions" validate:"required" maxItems:"30"` // that exclude, for instance: no criminal record
} //	@name	AwardRoundRequest

// RoundResponse is a round.
type RoundResponse struct {
	ID           id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	Name         string       `json:"name" example:"대한민국 자원봉사대상"`
	Year         int          `json:"year" example:"2026"`
	OpensOn      calendar.Day `json:"opens_on" format:"date" swaggertype:"string" example:"2026-07-15"`
	ClosesOn     calendar.Day `json:"closes_on" format:"date" swaggertype:"string" example:"2026-08-31"`
	VerifiedFrom calendar.Day `json:"verified_from" format:"date" swaggertype:"string" example:"2026-10-01"`
	VerifiedTo   calendar.Day `json:"verified_to" format:"date" swaggertype:"string" example:"2026-10-14"`
	Reference    string       `json:"reference" example:"2026년 대한민국 자원봉사대상 추천 공고"`
	Categories   []Item       `json:"categories"`
	Grades       []Item       `json:"grades"`
	Questions    []Item       `json:"questions"`
} //	@name	AwardRound

// RoundPage is a page of rounds.
type RoundPage struct {
	Items []RoundResponse `json:"items"`
	Next  *string         `json:"next" extensions:"x-nullable"`
} //	@name	AwardRoundPage

func wanted(items []Item) []award.Item {
	list := make([]award.Item, len(items))
	for i, item := range items {
		list[i] = award.Item(item)
	}
	return list
}

func shown(items []award.Item) []Item {
	list := make([]Item, len(items))
	for i, item := range items {
		list[i] = Item(item)
	}
	return list
}

func presentRound(r award.Round) RoundResponse {
	return RoundResponse{ID: r.ID, Name: r.Name, Year: r.Year, OpensOn: r.OpensOn, ClosesOn: r.ClosesOn, VerifiedFrom: r.VerifiedFrom,
		VerifiedTo: r.VerifiedTo, Reference: r.Reference, Categories: shown(r.Categories), Grades: shown(r.Grades), Questions: shown(r.Questions)}
}

// listRounds gives the rounds.
//
//	@ID				listAwardRounds
//	@Summary		List the rounds of nominations (everybody signed in)
//	@Description	Newest first.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200	{object}	RoundPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-rounds [get]
func (h Handler) listRounds(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Rounds(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := RoundPage{Items: make([]RoundResponse, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, r := range found.Items {
		answer.Items[i] = presentRound(r)
	}
	c.JSON(http.StatusOK, answer)
}

// openRound opens a round.
//
//	@ID				openAwardRound
//	@Summary		Invite to nominate (centre officers)
//	@Description	A round is never changed. Nothing is decided before the last day of its public verification has passed.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			body	body	RoundRequest	true	"the round"
//	@Success		201	{object}	RoundResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		409	{object}	problem.Problem	"award.round_exists, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-rounds [post]
func (h Handler) openRound(c *gin.Context) {
	var req RoundRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	r, err := h.service.OpenRound(c.Request.Context(), award.Round{Name: req.Name, Year: req.Year, OpensOn: req.OpensOn, ClosesOn: req.ClosesOn,
		VerifiedFrom: req.VerifiedFrom, VerifiedTo: req.VerifiedTo, Reference: req.Reference, Categories: wanted(req.Categories),
		Grades: wanted(req.Grades), Questions: wanted(req.Questions)})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentRound(r))
}
