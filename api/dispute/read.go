package dispute

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/dispute"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/page"
)

// mine lists one's own disputes.
//
//	@ID				listMyDisputes
//	@Summary		List one's own disputes (every volunteer)
//	@Description	Newest first.
//	@Tags			dispute
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only this state"	Enums(opened, answered, granted, declined, escalated, closed)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"attendance.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/disputes [get]
func (h Handler) mine(c *gin.Context) { pages(c, h.service.Mine) }

// list lists the city's disputes.
//
//	@ID				listDisputes
//	@Summary		List the disputes of the city (the centre's officers)
//	@Description	Newest first; names are masked. Those that wait for the centre are escalated.
//	@Tags			dispute
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only this state"	Enums(opened, answered, granted, declined, escalated, closed)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/disputes [get]
func (h Handler) list(c *gin.Context) { pages(c, h.service.OfCity) }

// listAtCamp lists a camp's disputes.
//
//	@ID				listDisputesAtCamp
//	@Summary		List the disputes about a camp's shifts (the camp's head and keepers, the centre)
//	@Description	Newest first; names are masked.
//	@Tags			dispute
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id	path		string	true	"camp"				format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(opened, answered, granted, declined, escalated, closed)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/disputes [get]
func (h Handler) listAtCamp(c *gin.Context) { h.listAt(c, attendance.Camp, "camp_id") }

// listAtSite lists a demand site's disputes.
//
//	@ID				listDisputesAtSite
//	@Summary		List the disputes about a demand site's shifts (the demand site's managers, the centre)
//	@Description	Newest first; names are masked.
//	@Tags			dispute
//	@Security		bearer
//	@Produce		json
//	@Param			site_id	path		string	true	"demand site"		format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(opened, answered, granted, declined, escalated, closed)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/disputes [get]
func (h Handler) listAtSite(c *gin.Context) { h.listAt(c, attendance.Site, "site_id") }

func (h Handler) listAt(c *gin.Context, kind, param string) {
	organiserID, err := bind.ID(c, param)
	if err != nil {
		problem.Write(c, err)
		return
	}
	pages(c, func(ctx context.Context, f dispute.Filter, p page.Request) (page.Page[dispute.Listed], error) {
		return h.service.OfOrganiser(ctx, attendance.Organiser{Type: kind, ID: organiserID}, f, p)
	})
}

// pages answers with a page of a list.
func pages(c *gin.Context, list func(context.Context, dispute.Filter, page.Request) (page.Page[dispute.Listed], error)) {
	q := bind.NewQuery(c, "state", "limit", "after")
	choices := []string{""}
	for _, s := range dispute.States() {
		choices = append(choices, string(s))
	}
	f, p := dispute.Filter{State: dispute.State(q.OneOf("state", choices...))}, q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := list(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Listed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentListed(l)
	}
	c.JSON(http.StatusOK, answer)
}

// get shows a dispute.
//
//	@ID				getDispute
//	@Summary		Read a dispute with its whole story (the volunteer himself, the organiser's people, the centre)
//	@Description	Every step in order, and the entries that a grant posted. That somebody else than the volunteer looked is kept.
//	@Tags			dispute
//	@Security		bearer
//	@Produce		json
//	@Param			dispute_id	path		string	true	"dispute"	format(uuid)
//	@Success		200			{object}	Full
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"dispute.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/disputes/{dispute_id} [get]
func (h Handler) get(c *gin.Context) {
	disputeID, err := bind.ID(c, "dispute_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	found, err := h.service.Get(c.Request.Context(), disputeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentFull(found, auth.From(c.Request.Context()).AccountID))
}
