// Package surveystest helps tests that need a published survey and not its quality.
package surveystest

import (
	"context"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

// Unreviewed is a reviewer that finds nothing: whatever a test asks can be published.
type Unreviewed struct{}

// Review finds nothing.
func (Unreviewed) Review(context.Context, *sqlx.Tx, tenant.Org, surveys.Definition, []string) (surveys.Findings, error) {
	return nil, nil
}
