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

// Delivery is one message for one endpoint.
type Delivery struct {
	ID          id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"3f0c8a52-6a0d-4b4e-a7f1-0d3b8b2f7a10"` // webhook-id, in every attempt
	EndpointID  id.ID      `json:"endpoint_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Topic       string     `json:"topic" example:"hours.posted"`
	HappenedAt  time.Time  `json:"happened_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	State       string     `json:"state" enums:"pending,delivered,dead" example:"dead"`
	Attempts    int        `json:"attempts" example:"14"`
	NextAt      *time.Time `json:"next_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T01:00:30Z"` // of pending ones
	DeliveredAt *time.Time `json:"delivered_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T01:00:30Z"`
	LastStatus  *int       `json:"last_status" extensions:"x-nullable" example:"500"`                                  // of the last answer
	LastError   string     `json:"last_error" enums:",address_denied,unreachable,timed_out,unsigned,ended" example:""` // why there was none
} //	@name	WebhookDelivery

// DeliveryPage is a page of deliveries.
type DeliveryPage struct {
	Items []Delivery `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	WebhookDeliveryPage

func presentDelivery(d webhook.Delivery) Delivery {
	shown := Delivery{ID: d.ID, EndpointID: d.EndpointID, Topic: string(d.Topic), HappenedAt: d.HappenedAt, State: string(d.State), Attempts: d.Attempts,
		DeliveredAt: d.DeliveredAt, LastStatus: d.LastStatus, LastError: d.LastError}
	if d.State == webhook.Pending {
		shown.NextAt = &d.DueAt
	}
	return shown
}

// deliveries lists messages.
//
//	@ID				listWebhookDeliveries
//	@Summary		List what was sent, waits, or was given up (administrators)
//	@Description	By what happened, newest first. What was delivered is kept for 30 days.
//	@Tags			webhook
//	@Security		bearer
//	@Produce		json
//	@Param			state		query		string	false	"only this state"	Enums(pending, delivered, dead)
//	@Param			endpoint_id	query		string	false	"to which endpoint"	format(uuid)
//	@Param			topic		query		string	false	"of which topic"	example(hours.posted)
//	@Param			limit		query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	DeliveryPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-deliveries [get]
func (h Handler) deliveries(c *gin.Context) {
	q := bind.NewQuery(c, "state", "endpoint_id", "topic", "limit", "after")
	f := webhook.Filter{State: webhook.State(q.OneOf("state", "", "pending", "delivered", "dead")), EndpointID: q.ID("endpoint_id"),
		Topic: outbox.Topic(q.Text("topic"))}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Deliveries(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := DeliveryPage{Items: make([]Delivery, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, d := range found.Items {
		answer.Items[i] = presentDelivery(d)
	}
	c.JSON(http.StatusOK, answer)
}

// replay sends a message again.
//
//	@ID				replayWebhookDelivery
//	@Summary		Send a message again that was delivered or given up (administrators)
//	@Description	Under the same webhook-id, so that a receiver who had it knows it again.
//	@Tags			webhook
//	@Security		bearer
//	@Produce		json
//	@Param			delivery_id		path		string	true	"delivery"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"the same key is served once"
//	@Success		200				{object}	Delivery
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"webhook.delivery_not_found"
//	@Failure		409				{object}	problem.Problem	"webhook.pending, webhook.ended"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/webhook-deliveries/{delivery_id}/replay [post]
func (h Handler) replay(c *gin.Context) {
	delivery, err := bind.ID(c, "delivery_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	d, err := h.service.Replay(c.Request.Context(), delivery)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentDelivery(d))
}
