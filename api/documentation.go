package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"

	"dure/docs"
)

// The page is our own so that it needs no inline script; the assets are Swagger UI's, embedded, so it works offline.
const (
	documentationPage = `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>두레 API</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" type="image/png" href="favicon-32x32.png" sizes="32x32">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="dure.js"></script>
</body>
</html>
`
	documentationScript = `window.ui = SwaggerUIBundle({
  url: "doc.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", filter: true,
  tagsSorter: "alpha", tryItOutEnabled: true, persistAuthorization: false, validatorUrl: null,
  requestInterceptor: function (request) {
    var value = request.headers && request.headers.Authorization;
    if (value && value.indexOf("Bearer ") !== 0) { request.headers.Authorization = "Bearer " + value; }
    return request;
  }
});
`
)

func documentation(e *gin.Engine) {
	assets := http.StripPrefix("/swagger/", statigz.FileServer(static.FS))
	e.GET("/swagger", func(c *gin.Context) { c.Redirect(http.StatusFound, "/swagger/index.html") })
	e.GET("/swagger/*file", func(c *gin.Context) {
		c.Header("Content-Security-Policy",
			"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'")
		switch c.Param("file") {
		case "/":
			c.Redirect(http.StatusFound, "/swagger/index.html")
		case "/index.html":
			c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(documentationPage))
		case "/dure.js":
			c.Data(http.StatusOK, "text/javascript; charset=utf-8", []byte(documentationScript))
		case "/doc.json":
			c.Data(http.StatusOK, "application/json; charset=utf-8", docs.Swagger)
		default:
			assets.ServeHTTP(c.Writer, c.Request)
		}
	})
	e.GET("/openapi.json", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/json; charset=utf-8", docs.OpenAPI)
	})
}
