package volunteer

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// HouseholdRequest names somebody a person lives with; number and name must fit.
type HouseholdRequest struct {
	VolunteerNumber string `json:"volunteer_number" example:"4821-9374" validate:"required"`
	Name            string `json:"name" example:"김영희" validate:"required" maxLength:"100"`
} //	@name	HouseholdDeclaration

// HouseholdEndRequest says why a declaration ends.
type HouseholdEndRequest struct {
	Reason string `json:"reason" example:"주민등록등본으로 분가를 확인함" validate:"required" maxLength:"500"`
} //	@name	HouseholdEnd

// Housemate is somebody with whom a person lives.
type Housemate struct {
	HouseholdID id.ID     `json:"household_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a13"`
	Name        string    `json:"name" example:"김*희"`
	DeclaredBy  string    `json:"declared_by" enums:"this,other" example:"this"` // which of the two it was declared for
	DeclaredAt  time.Time `json:"declared_at" format:"date-time" example:"2026-07-02T01:30:00Z"`
} //	@name	Housemate

// HouseholdList is a person's household, newest declaration first, a hundred at most.
type HouseholdList struct {
	Items []Housemate `json:"items"`
} //	@name	Household

func housemate(m volunteer.Housemate) Housemate {
	by := "other"
	if m.Declared {
		by = "this"
	}
	return Housemate{HouseholdID: m.ID, Name: text.Mask(m.Name), DeclaredBy: by, DeclaredAt: m.DeclaredAt.UTC()}
}

func answerHousehold(c *gin.Context, mates []volunteer.Housemate, err error) {
	if err != nil {
		problem.Write(c, err)
		return
	}
	list := HouseholdList{Items: make([]Housemate, len(mates))}
	for i, m := range mates {
		list.Items[i] = housemate(m)
	}
	c.JSON(http.StatusOK, list)
}

// myHousehold shows with whom one lives.
//
//	@ID				getMyHousehold
//	@Summary		Read with whom one lives, as declared by either side (every volunteer, his own)
//	@Description	Names are masked. None of those listed decides on the other's presences, listings or roles. The centre ends what is not true.
//	@Tags			volunteer
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	HouseholdList
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		409	{object}	problem.Problem	"volunteer.no_person"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/household [get]
func (h Handler) myHousehold(c *gin.Context) {
	mates, err := h.service.MyHousehold(c.Request.Context())
	answerHousehold(c, mates, err)
}

// declareMyHousehold keeps with whom one lives.
//
//	@ID				declareMyHousehold
//	@Summary		Declare with whom one lives, by volunteer number and name (every volunteer, for himself)
//	@Description	It binds both sides at once, and only the centre ends it. Declared again, by either side, it is the same. Whether a number is
//	@Description	nobody's or the name does not fit it is not told; who guesses is slowed down.
//	@Tags			volunteer
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		HouseholdRequest	true	"who it is"
//	@Success		200				{object}	Housemate
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		409				{object}	problem.Problem	"volunteer.no_person, volunteer.household_full, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, volunteer.number_wrong, volunteer.household_unknown, idempotency.reused"
//	@Failure		429				{object}	problem.Problem	"request.rate: five wrong ones, then one each ten minutes"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/me/household [post]
func (h Handler) declareMyHousehold(c *gin.Context) { h.declare(c, id.Nil) }

// household shows with whom a person lives.
//
//	@ID				getHousehold
//	@Summary		Read with whom somebody lives (centre officers)
//	@Description	Names are masked. That somebody looked is kept.
//	@Tags			volunteer
//	@Security		bearer
//	@Produce		json
//	@Param			volunteer_id	path		string	true	"volunteer"	format(uuid)
//	@Success		200				{object}	HouseholdList
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/volunteers/{volunteer_id}/household [get]
func (h Handler) household(c *gin.Context) {
	person, err := bind.ID(c, "volunteer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	mates, err := h.service.ReadHousehold(c.Request.Context(), person)
	answerHousehold(c, mates, err)
}

// declareHousehold keeps with whom a person lives.
//
//	@ID				declareHousehold
//	@Summary		Declare with whom somebody lives, by volunteer number and name (centre officers)
//	@Description	As a person does for himself; not for somebody who is near to the officer.
//	@Tags			volunteer
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			volunteer_id	path		string				true	"volunteer"	format(uuid)
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		HouseholdRequest	true	"who it is"
//	@Success		200				{object}	Housemate
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found"
//	@Failure		409				{object}	problem.Problem	"volunteer.household_full, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, volunteer.number_wrong, volunteer.household_unknown, idempotency.reused"
//	@Failure		429				{object}	problem.Problem	"request.rate: five wrong ones, then one each ten minutes"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/volunteers/{volunteer_id}/household [post]
func (h Handler) declareHousehold(c *gin.Context) {
	person, err := bind.ID(c, "volunteer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.declare(c, person)
}

func (h Handler) declare(c *gin.Context, person id.ID) {
	var req HouseholdRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	right, ok := h.names.Try(c, auth.From(c.Request.Context()).AccountID.String())
	if !ok {
		return
	}
	m, err := h.service.DeclareHousehold(c.Request.Context(), volunteer.Declare{VolunteerID: person, Number: req.VolunteerNumber, Name: req.Name})
	if !errors.Is(err, volunteer.ErrHouseholdUnknown) {
		right()
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, housemate(m))
}

// endHousehold ends a declaration.
//
//	@ID				endHousehold
//	@Summary		End a declared household, with a reason (centre officers)
//	@Description	Only the centre does, and no officer who is one of the two or near to them: else somebody could end it right before he decides.
//	@Tags			volunteer
//	@Security		bearer
//	@Accept			json
//	@Param			volunteer_id	path	string				true	"volunteer"		format(uuid)
//	@Param			household_id	path	string				true	"declaration"	format(uuid)
//	@Param			Idempotency-Key	header	string				false	"the same key and body is served once"
//	@Param			body			body	HouseholdEndRequest	true	"why"
//	@Success		204
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"volunteer.not_found, volunteer.household_not_found"
//	@Failure		409	{object}	problem.Problem	"volunteer.household_ended, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/volunteers/{volunteer_id}/household/{household_id}/end [post]
func (h Handler) endHousehold(c *gin.Context) {
	ids, err := bind.IDs(c, "volunteer_id", "household_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req HouseholdEndRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if err := h.service.EndHousehold(c.Request.Context(), ids[0], ids[1], req.Reason); err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
