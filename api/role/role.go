// Package role serves the granting and revoking of roles.
package role

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/role"
)

// Handler serves the routes of roles.
type Handler struct{ service *role.Service }

// New makes the handler.
func New(service *role.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/role-grants", h.grant)
	signedIn.GET("/role-grants", h.list)
	signedIn.POST("/role-grants/:grant_id/revocation", h.revoke)
}

// GrantRequest entrusts somebody, named by account or by login, with a role.
type GrantRequest struct {
	AccountID id.ID     `json:"account_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Login     string    `json:"login" example:"gildong@example.kr"`
	Role      string    `json:"role" enums:"camp_head,camp_keeper,demand_site_manager,merchant_manager,centre_officer,late_entry_approver,claims_officer,analyst,administrator" example:"camp_keeper" validate:"required"`
	ScopeType string    `json:"scope_type" enums:"city,camp,demand_site,merchant" example:"camp" validate:"required"`
	ScopeID   id.ID     `json:"scope_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a12"`
	Until     time.Time `json:"until" format:"date-time" example:"2028-01-01T00:00:00+09:00"`
	Reason    string    `json:"reason" example:"2026년 하반기 캠프지기 위촉" validate:"required" maxLength:"500"`
} //	@name	RoleGranting

// RevokeRequest says why a role is taken back.
type RevokeRequest struct {
	Reason string `json:"reason" example:"임기 만료 전 사임" validate:"required" maxLength:"500"`
} //	@name	RoleRevocation

// Response is a grant of a role.
type Response struct {
	ID        id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a13"`
	AccountID id.ID      `json:"account_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Login     string     `json:"login" example:"gildong@example.kr"`
	Role      string     `json:"role" enums:"camp_head,camp_keeper,demand_site_manager,merchant_manager,centre_officer,late_entry_approver,claims_officer,analyst,administrator" example:"camp_keeper"`
	ScopeType string     `json:"scope_type" enums:"city,camp,demand_site,merchant" example:"camp"`
	ScopeID   *id.ID     `json:"scope_id" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a12"`
	StartsAt  time.Time  `json:"starts_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	Until     *time.Time `json:"until" format:"date-time" extensions:"x-nullable" example:"2027-12-31T15:00:00Z"`
	GrantedBy *id.ID     `json:"granted_by" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a14"`
	Reason    string     `json:"reason" example:"2026년 하반기 캠프지기 위촉"`
	RevokedAt *time.Time `json:"revoked_at" format:"date-time" extensions:"x-nullable" example:"2026-09-01T00:00:00Z"`
	RevokedBy *id.ID     `json:"revoked_by" format:"uuid" swaggertype:"string" extensions:"x-nullable" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a14"`
} //	@name	RoleGrant

// Page is a page of grants.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	RoleGrantPage

func present(l role.Listed) Response {
	r := Response{ID: l.ID, AccountID: l.AccountID, Login: l.Login, Role: string(l.Role), ScopeType: string(l.ScopeType),
		StartsAt: l.StartsAt, Until: l.EndsAt, GrantedBy: l.GrantedBy, Reason: l.Reason, RevokedAt: l.RevokedAt, RevokedBy: l.RevokedBy}
	if l.ScopeID != id.Nil {
		r.ScopeID = &l.ScopeID
	}
	return r
}

// grant entrusts somebody with a role.
//
//	@ID				grantRole
//	@Summary		Grant a role (administrators; centre officers for camps and demand sites; camp heads for their keepers)
//	@Description	It works at once where something is written, and within five seconds where something is read. Nobody grants to himself.
//	@Tags			role
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		GrantRequest	true	"who gets which role"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		409				{object}	problem.Problem	"role.held"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/role-grants [post]
func (h Handler) grant(c *gin.Context) {
	var req GrantRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	cmd := role.Entrust{AccountID: req.AccountID, Login: req.Login, Role: auth.Role(req.Role),
		ScopeType: auth.ScopeType(req.ScopeType), ScopeID: req.ScopeID, Reason: req.Reason}
	if !req.Until.IsZero() {
		cmd.Until = &req.Until
	}
	granted, err := h.service.Grant(c.Request.Context(), cmd)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(granted))
}

// list gives grants.
//
//	@ID				listRoleGrants
//	@Summary		List grants of roles (administrators; centre officers for camps and demand sites; camp heads for their camps)
//	@Description	Newest first. That somebody looked is kept.
//	@Tags			role
//	@Security		bearer
//	@Produce		json
//	@Param			account_id	query		string	false	"whose"								format(uuid)
//	@Param			scope_id	query		string	false	"for which camp or demand site"		format(uuid)
//	@Param			role		query		string	false	"which role"						example(camp_head)
//	@Param			state		query		string	false	"in force now, or all ever granted"	Enums(live, all)	default(live)
//	@Param			limit		query		int		false	"rows of a page"					default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Page
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/role-grants [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "account_id", "scope_id", "role", "state", "limit", "after")
	f := role.Filter{AccountID: q.ID("account_id"), ScopeID: q.ID("scope_id"), Role: auth.Role(q.Text("role")),
		Live: q.OneOf("state", "live", "all") == "live"}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = present(l)
	}
	c.JSON(http.StatusOK, answer)
}

// revoke takes a role back.
//
//	@ID			revokeRole
//	@Summary	Revoke a role (who may grant it)
//	@Tags		role
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		grant_id		path		string			true	"grant"	format(uuid)
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		body			body		RevokeRequest	true	"why"
//	@Success	200				{object}	Response
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"role.not_found"
//	@Failure	409				{object}	problem.Problem	"role.revoked"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/role-grants/{grant_id}/revocation [post]
func (h Handler) revoke(c *gin.Context) {
	grantID, err := bind.ID(c, "grant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RevokeRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	revoked, err := h.service.Revoke(c.Request.Context(), grantID, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(revoked))
}
