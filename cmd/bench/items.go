package main

import (
	"context"
	"fmt"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// publishItems gives a council as many published items as its page shows at once.
func (p *place) publishItems(ctx context.Context, c council) error {
	stores, err := site.Stores(tenant.New(p.app))
	if err != nil {
		return err
	}
	by := tenant.CommandLine(c.org)
	second := by
	second.Name = "second"
	today, err := stores.Actions.Today(ctx, c.org)
	if err != nil {
		return err
	}
	for i := range 20 {
		n, err := stores.Actions.Create(ctx, by, actions.Content{Service: c.service, Kind: actions.Did, Texts: actions.Texts{
			YouSaid: question.Text{"en": fmt.Sprintf("Bins are missed in street %d.", i+1), "cy": "Mae biniau’n cael eu colli."},
			WeDid:   question.Text{"en": "Crews now check each street on the way back.", "cy": "Mae criwiau’n gwirio pob stryd."}}})
		if err != nil {
			return err
		}
		if err := stores.Actions.Send(ctx, by, n, 1, ""); err != nil {
			return err
		}
		if err := stores.Actions.Approve(ctx, second, n, 1, today); err != nil {
			return err
		}
	}
	return nil
}
