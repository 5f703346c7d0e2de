package signin

import "github.com/labstack/echo/v4"

const kept = "yousaid/server/signin.Session"

// Keep stores who is signed in for the handlers of the request. Middleware calls it.
func Keep(c echo.Context, s Session) { c.Set(kept, s) }

// Of gives who is signed in. On a public page it is a session of nobody: an actor without an organisation.
func Of(c echo.Context) Session {
	s, _ := c.Get(kept).(Session)
	return s
}
