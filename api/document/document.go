// Package document serves the handing in and the reading of documents.
package document

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/document"
	"dure/domain/kernel/id"
)

// Handler serves the routes of documents.
type Handler struct{ service *document.Service }

// New makes the handler.
func New(service *document.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/documents", h.upload)
	signedIn.GET("/documents/:document_id", h.read)
}

// Response is what is known of a document. Who uses it names its id where proof is asked for.
type Response struct {
	ID          id.ID            `json:"id" format:"uuid" swaggertype:"string"`
	Purpose     document.Purpose `json:"purpose" swaggertype:"string" enums:"late_proof,dispute,claim,claim_health,nomination" example:"late_proof"`
	FileName    string           `json:"file_name" example:"7월 활동일지.pdf"` // as the sender called it; may be empty
	ContentType string           `json:"content_type" enums:"application/pdf,image/jpeg,image/png,image/heic,image/heif" example:"application/pdf"`
	Size        int64            `json:"size" format:"int64" example:"184320"` // bytes
	SHA256      string           `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	UploadedAt  time.Time        `json:"uploaded_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	Document

// upload keeps a document.
//
//	@ID				uploadDocument
//	@Summary		Hand in a document as proof (everybody signed in)
//	@Description	PDF, JPEG, PNG or HEIC by its content, whatever the file is called, up to 10 MiB unless the service is set up otherwise.
//	@Description	It is kept encrypted. Only who handed it in may use its id, and only for that purpose; beside him the volunteer centre may
//	@Description	look at it, and each look is kept. Papers of a claim are looked at by claims officers instead, and health data for a claim
//	@Description	through the claim alone.
//	@Tags			document
//	@Security		bearer
//	@Accept			mpfd
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			file			formData	file	true	"the document"
//	@Param			purpose			formData	string	true	"what it is for"	Enums(late_proof, dispute, claim, claim_health, nomination)
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"request.form, request.text"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		413				{object}	problem.Problem	"document.too_large"
//	@Failure		415				{object}	problem.Problem	"document.type_not_allowed, request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, document.empty"
//	@Failure		429				{object}	problem.Problem	"document.too_much_today"
//	@Failure		503				{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/documents [post]
func (h Handler) upload(c *gin.Context) {
	form, err := bind.ReadForm(c, h.service.Limit(), "file", "purpose")
	if errors.Is(err, bind.ErrTooLarge) {
		err = document.TooLarge(h.service.Limit())
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	d, err := h.service.Upload(c.Request.Context(), document.Upload{Purpose: document.Purpose(form.Texts["purpose"]),
		FileName: form.FileName, Content: form.File})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, Response{ID: d.ID, Purpose: d.Purpose, FileName: d.FileName, ContentType: d.ContentType, Size: d.Size,
		SHA256: d.SHA256, UploadedAt: d.UploadedAt})
}

// read gives a document's bytes.
//
//	@ID				readDocument
//	@Summary		Download a document (who handed it in; the volunteer centre, which is kept)
//	@Tags			document
//	@Security		bearer
//	@Produce		octet-stream
//	@Param			document_id	path		string	true	"document"	format(uuid)
//	@Success		200			{string}	string	"the document as it was handed in, with its content type"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"document.not_found"
//	@Failure		500			{object}	problem.Problem	"document.damaged"
//	@Failure		503			{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/documents/{document_id} [get]
func (h Handler) read(c *gin.Context) {
	documentID, err := id.Parse(c.Param("document_id"))
	if err != nil {
		problem.Write(c, err)
		return
	}
	d, content, err := h.service.Read(c.Request.Context(), documentID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.SafeName()}))
	c.Header("ETag", strconv.Quote(d.SHA256))
	c.Data(http.StatusOK, d.ContentType, content)
}
