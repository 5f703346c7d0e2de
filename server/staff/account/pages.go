// Package account has the pages on which people sign in and choose their passwords.
package account

import (
	"yousaid/server/accounts"
	"yousaid/server/signin"
)

// Pages are the pages of signing in and of one's own account. Every field must be given.
type Pages struct {
	Accounts      *accounts.Store
	Authenticator *signin.Authenticator
}
