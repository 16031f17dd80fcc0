package claim

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/claim"
	"dure/domain/kernel/page"
)

// Page is a page of claims.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	ClaimPage

// Health is what was written about a person's health.
type Health struct {
	Text string `json:"text" example:"손목이 부러져 입원하였습니다."` // empty when nothing was
} //	@name	ClaimHealth

// mine lists one's own claims.
//
//	@ID				listMyClaims
//	@Summary		List one's own claims (every volunteer)
//	@Description	Newest first.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only this state"	Enums(reported, documents, filed, approved, refused, paid, closed, withdrawn)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"insurance.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/claims [get]
func (h Handler) mine(c *gin.Context) { h.pages(c, h.service.Mine) }

// list lists all claims.
//
//	@ID				listClaims
//	@Summary		List the claims of the city (claims officers)
//	@Description	Newest first; names are masked, and each look is kept.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			state	query		string	false	"only this state"	Enums(reported, documents, filed, approved, refused, paid, closed, withdrawn)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/claims [get]
func (h Handler) list(c *gin.Context) { h.pages(c, h.within(claim.Scope{})) }

// listAtCamp lists the claims of a camp's volunteers.
//
//	@ID				listClaimsAtCamp
//	@Summary		List the claims about a camp's shifts (the camp's head and keepers, claims officers)
//	@Description	Newest first: where they stand and which papers are missing. Names are masked, and each look is kept.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			camp_id	path		string	true	"camp"				format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(reported, documents, filed, approved, refused, paid, closed, withdrawn)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/claims [get]
func (h Handler) listAtCamp(c *gin.Context) { h.listAt(c, "camp_id") }

// listAtSite lists the claims of a demand site's volunteers.
//
//	@ID				listClaimsAtDemandSite
//	@Summary		List the claims about a demand site's shifts (the site's managers, claims officers)
//	@Description	Newest first: where they stand and which papers are missing. Names are masked, and each look is kept.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			site_id	path		string	true	"demand site"		format(uuid)
//	@Param			state	query		string	false	"only this state"	Enums(reported, documents, filed, approved, refused, paid, closed, withdrawn)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/claims [get]
func (h Handler) listAtSite(c *gin.Context) { h.listAt(c, "site_id") }

func (h Handler) listAt(c *gin.Context, param string) {
	organiserID, err := bind.ID(c, param)
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.pages(c, h.within(claim.Scope{OrganiserID: organiserID}))
}

func (h Handler) within(s claim.Scope) func(context.Context, claim.Filter, page.Request) (page.Page[claim.Listed], error) {
	return func(ctx context.Context, f claim.Filter, p page.Request) (page.Page[claim.Listed], error) {
		return h.service.List(ctx, s, f, p)
	}
}

// pages answers with a page of a list.
func (h Handler) pages(c *gin.Context, list func(context.Context, claim.Filter, page.Request) (page.Page[claim.Listed], error)) {
	q := bind.NewQuery(c, "state", "limit", "after")
	choices := []string{""}
	for _, s := range claim.States() {
		choices = append(choices, string(s))
	}
	f, p := claim.Filter{State: claim.State(q.OneOf("state", choices...))}, q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := list(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = h.present(problem.Lang(c), l)
	}
	c.JSON(http.StatusOK, answer)
}

// get shows a claim.
//
//	@ID				getClaim
//	@Summary		Read a claim (the volunteer himself and claims officers all of it; the organiser's people where it stands and what is missing)
//	@Description	That somebody else than the volunteer looked is kept.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			claim_id	path		string	true	"claim"	format(uuid)
//	@Success		200			{object}	Full
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"claim.not_found"
//	@Failure		500			{object}	problem.Problem	"document.damaged"
//	@Failure		503			{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/claims/{claim_id} [get]
func (h Handler) get(c *gin.Context) {
	claimID, err := bind.ID(c, "claim_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	f, err := h.service.Get(c.Request.Context(), claimID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, h.presentFull(problem.Lang(c), f))
}

// health shows what was written about a person's health.
//
//	@ID				getClaimHealth
//	@Summary		Read what was written about the volunteer's health (himself; claims officers as long as he consents)
//	@Description	Each look of an officer is kept, and shown to the volunteer in his access log.
//	@Tags			claim
//	@Security		bearer
//	@Produce		json
//	@Param			claim_id	path		string	true	"claim"	format(uuid)
//	@Success		200			{object}	Health
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden, claim.health_consent_missing"
//	@Failure		404			{object}	problem.Problem	"claim.not_found"
//	@Failure		500			{object}	problem.Problem	"document.damaged"
//	@Failure		503			{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/claims/{claim_id}/health [get]
func (h Handler) health(c *gin.Context) {
	claimID, err := bind.ID(c, "claim_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	words, err := h.service.Health(c.Request.Context(), claimID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, Health{words})
}

// paper gives a paper's bytes.
//
//	@ID				readClaimPaper
//	@Summary		Download a paper of a claim (the volunteer himself; claims officers, health data as long as he consents)
//	@Description	Each look of an officer is kept, and shown to the volunteer in his access log.
//	@Tags			claim
//	@Security		bearer
//	@Produce		octet-stream
//	@Param			claim_id	path		string	true	"claim"		format(uuid)
//	@Param			document_id	path		string	true	"document"	format(uuid)
//	@Success		200			{string}	string	"the document as it was handed in, with its content type"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden, claim.health_consent_missing"
//	@Failure		404			{object}	problem.Problem	"claim.not_found, document.not_found"
//	@Failure		500			{object}	problem.Problem	"document.damaged"
//	@Failure		503			{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/claims/{claim_id}/documents/{document_id} [get]
func (h Handler) paper(c *gin.Context) {
	ids, err := bind.IDs(c, "claim_id", "document_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	d, content, err := h.service.Paper(c.Request.Context(), ids[0], ids[1])
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.SafeName()}))
	c.Header("Cache-Control", "no-store")
	c.Header("ETag", strconv.Quote(d.SHA256))
	c.Data(http.StatusOK, d.ContentType, content)
}
