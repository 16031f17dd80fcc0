// Package webhook serves which other systems are told what happens here, and what became of the messages.
package webhook

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/webhook"
)

// Handler serves the routes.
type Handler struct{ service *webhook.Service }

// New makes the handler.
func New(service *webhook.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/webhook-endpoints", h.subscribe)
	signedIn.GET("/webhook-endpoints", h.list)
	signedIn.GET("/webhook-endpoints/:endpoint_id", h.get)
	signedIn.PATCH("/webhook-endpoints/:endpoint_id", h.edit)
	signedIn.DELETE("/webhook-endpoints/:endpoint_id", h.end)
	signedIn.PUT("/webhook-endpoints/:endpoint_id/secret", h.rotate)
	signedIn.GET("/webhook-deliveries", h.deliveries)
	signedIn.POST("/webhook-deliveries/:delivery_id/replay", h.replay)
}

// Response is an endpoint; its secret is never shown again.
type Response struct {
	ID                id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	URL               string     `json:"url" example:"https://hours.gwangju.example/hooks/dure"`
	Description       string     `json:"description" example:"학교 봉사활동 연계 시스템"`
	Topics            []string   `json:"topics" enums:"hours.posted,hours.reversed,attendance.held,dispute.decided,certificate.superseded,claim.moved" example:"hours.posted,hours.reversed"`
	OrganiserID       *id.ID     `json:"organiser_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Paused            bool       `json:"paused" example:"false"`
	HasSecret         bool       `json:"has_secret" example:"true"` // nothing is sent before it has one
	FormerSecretUntil *time.Time `json:"former_secret_until" format:"date-time" extensions:"x-nullable" example:"2026-07-16T01:00:00Z"`
	CreatedAt         time.Time  `json:"created_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	WebhookEndpoint

// Page is a page of endpoints.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	WebhookEndpointPage

func present(e webhook.Endpoint) Response {
	r := Response{ID: e.ID, URL: e.URL, Description: e.Description, Topics: make([]string, len(e.Topics)), OrganiserID: e.OrganiserID, Paused: e.Paused,
		HasSecret: e.Secret != "", FormerSecretUntil: e.FormerUntil, CreatedAt: e.CreatedAt}
	for i, topic := range e.Topics {
		r.Topics[i] = string(topic)
	}
	return r
}

// SubscribeRequest says where another system listens, and for what.
type SubscribeRequest struct {
	URL         string   `json:"url" example:"https://hours.gwangju.example/hooks/dure" validate:"required" maxLength:"500"`
	Description string   `json:"description" example:"학교 봉사활동 연계 시스템" maxLength:"200"`
	Topics      []string `json:"topics" enums:"hours.posted,hours.reversed,attendance.held,dispute.decided,certificate.superseded,claim.moved" example:"hours.posted,hours.reversed" validate:"required"`
	OrganiserID id.ID    `json:"organiser_id" format:"uuid" swaggertype:"string"` // only what happens at this camp or demand site
} //	@name	WebhookSubscription

// EditRequest names what changes; absent members stay.
type EditRequest struct {
	URL         *string  `json:"url" example:"https://hours.gwangju.example/hooks/dure"`
	Description *string  `json:"description" example:"학교 봉사활동 연계 시스템"`
	Topics      []string `json:"topics" enums:"hours.posted,hours.reversed,attendance.held,dispute.decided,certificate.superseded,claim.moved" example:"hours.posted"`
	Paused      *bool    `json:"paused" example:"true"`
} //	@name	WebhookEdit

// Secret is shown once.
type Secret struct {
	Secret            string     `json:"secret" example:"whsec_bm90IGEgcmVhbCBzZWNyZXQgYXQgYWxs"`
	FormerSecretUntil *time.Time `json:"former_secret_until" format:"date-time" extensions:"x-nullable" example:"2026-07-16T01:00:00Z"` // until then the one before signs, too
} //	@name	WebhookSecret

func topics(names []string) []outbox.Topic {
	if names == nil {
		return nil
	}
	all := make([]outbox.Topic, len(names))
	for i, name := range names {
		all[i] = outbox.Topic(name)
	}
	return all
}

// subscribe keeps a new endpoint.
//
//	@ID				subscribeWebhook
//	@Summary		Tell another system what happens (administrators)
//	@Description	Over https, to public addresses only. Nothing is sent before the endpoint's secret is made; what happens meanwhile waits. Messages are signed as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature), hold ids and minutes but no names, are sent once at least and in no certain order: webhook-id tells repetitions apart, and sequence orders one person's entries. Any answer but 2xx within ten seconds is tried again, with growing waits, for about a day.
//	@Tags			webhook
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		SubscribeRequest	true	"where and what"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location	"path of the endpoint"
//	@Header			201				{string}	ETag		"version, for If-Match"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-endpoints [post]
func (h Handler) subscribe(c *gin.Context) {
	var req SubscribeRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	wanted := webhook.Endpoint{URL: req.URL, Description: req.Description, Topics: topics(req.Topics)}
	if req.OrganiserID != id.Nil {
		wanted.OrganiserID = &req.OrganiserID
	}
	e, err := h.service.Subscribe(c.Request.Context(), wanted)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/webhook-endpoints/"+e.ID.String())
	c.Header("ETag", bind.ETag(e.Version))
	c.JSON(http.StatusCreated, present(e))
}

// list gives endpoints.
//
//	@ID			listWebhooks
//	@Summary	List the systems that are told what happens (administrators)
//	@Tags		webhook
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	Page
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/webhook-endpoints [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, e := range found.Items {
		answer.Items[i] = present(e)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives one endpoint.
//
//	@ID			getWebhook
//	@Summary	Read an endpoint (administrators)
//	@Tags		webhook
//	@Security	bearer
//	@Produce	json
//	@Param		endpoint_id	path		string	true	"endpoint"	format(uuid)
//	@Success	200			{object}	Response
//	@Header		200			{string}	ETag	"version, for If-Match"
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	403			{object}	problem.Problem	"auth.forbidden"
//	@Failure	404			{object}	problem.Problem	"webhook.not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/webhook-endpoints/{endpoint_id} [get]
func (h Handler) get(c *gin.Context) {
	endpoint, err := bind.ID(c, "endpoint_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	e, err := h.service.Endpoint(c.Request.Context(), endpoint)
	h.answer(c, e, err)
}

func (h Handler) answer(c *gin.Context, e webhook.Endpoint, err error) {
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(e.Version))
	c.JSON(http.StatusOK, present(e))
}

// edit changes an endpoint.
//
//	@ID				editWebhook
//	@Summary		Edit or pause an endpoint (administrators)
//	@Description	While it is paused messages are kept, and sent later.
//	@Tags			webhook
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			endpoint_id	path		string		true	"endpoint"	format(uuid)
//	@Param			If-Match	header		string		true	"ETag of the endpoint as it was read"
//	@Param			body		body		EditRequest	true	"what changes"
//	@Success		200			{object}	Response
//	@Header			200			{string}	ETag	"version, for If-Match"
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"webhook.not_found"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-endpoints/{endpoint_id} [patch]
func (h Handler) edit(c *gin.Context) {
	endpoint, err := bind.ID(c, "endpoint_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	version, err := bind.IfMatch(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req EditRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	e, err := h.service.Edit(c.Request.Context(), webhook.Edit{EndpointID: endpoint, Version: version, URL: req.URL,
		Description: req.Description, Topics: topics(req.Topics), Paused: req.Paused})
	h.answer(c, e, err)
}

// end ends an endpoint.
//
//	@ID				endWebhook
//	@Summary		End an endpoint (administrators)
//	@Description	Nothing more is kept for it; what was not delivered is given up.
//	@Tags			webhook
//	@Security		bearer
//	@Param			endpoint_id	path	string	true	"endpoint"	format(uuid)
//	@Success		204
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"webhook.not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-endpoints/{endpoint_id} [delete]
func (h Handler) end(c *gin.Context) {
	endpoint, err := bind.ID(c, "endpoint_id")
	if err == nil {
		err = h.service.End(c.Request.Context(), endpoint)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// rotate makes a secret.
//
//	@ID				putWebhookSecret
//	@Summary		Make an endpoint's secret, the first or a new one (administrators)
//	@Description	It is shown once. For 24 hours messages are signed with the one before, too.
//	@Tags			webhook
//	@Security		bearer
//	@Produce		json
//	@Param			endpoint_id	path		string	true	"endpoint"	format(uuid)
//	@Success		200			{object}	Secret
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"webhook.not_found"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-endpoints/{endpoint_id}/secret [put]
func (h Handler) rotate(c *gin.Context) {
	endpoint, err := bind.ID(c, "endpoint_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	e, err := h.service.Rotate(c.Request.Context(), endpoint)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, Secret{Secret: e.Secret, FormerSecretUntil: e.FormerUntil})
}
