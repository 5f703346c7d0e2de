package bank

// names is what each characteristic is called at the head of a table.
var names = map[string]string{
	"age":                 "Age",
	"sex":                 "Sex",
	"gender_identity":     "Gender identity",
	"ethnic_group":        "Ethnic group",
	"disability":          "Disability",
	"religion":            "Religion",
	"sexual_orientation":  "Sexual orientation",
	"marriage":            "Marriage and civil partnership",
	"pregnancy_maternity": "Pregnancy and maternity",
	"carer":               "Unpaid care",
}

// welsh has the Welsh of wordings for which harmonised.json has none. It has not been checked by a speaker: questions that use it
// are NotReviewed.
var welsh = map[string]string{
	"or": "neu",

	"Age":                            "Oedran",
	"Sex":                            "Rhyw",
	"Gender identity":                "Hunaniaeth o ran rhywedd",
	"Ethnic group":                   "Grŵp ethnig",
	"Disability":                     "Anabledd",
	"Religion":                       "Crefydd",
	"Sexual orientation":             "Cyfeiriadedd rhywiol",
	"Marriage and civil partnership": "Priodas a phartneriaeth sifil",
	"Pregnancy and maternity":        "Beichiogrwydd a mamolaeth",
	"Unpaid care":                    "Gofal di-dâl",

	"How old are you?": "Faint yw eich oed?",
	"0 to 15":          "0 i 15",
	"16 to 17":         "16 i 17",
	"18 to 24":         "18 i 24",
	"25 to 34":         "25 i 34",
	"35 to 44":         "35 i 44",
	"45 to 54":         "45 i 54",
	"55 to 64":         "55 i 64",
	"65 to 74":         "65 i 74",
	"75 to 84":         "75 i 84",
	"85 and over":      "85 a hŷn",
	"Under 16":         "Dan 16",
	"16 to 34":         "16 i 34",
	"35 to 64":         "35 i 64",
	"65 and over":      "65 a hŷn",

	"Female":                                 "Benyw",
	"Male":                                   "Gwryw",
	"Same as sex registered at birth":        "Yr un peth â’r rhyw a gofrestrwyd adeg geni",
	"Different from sex registered at birth": "Gwahanol i’r rhyw a gofrestrwyd adeg geni",
	"Disabled":                               "Anabl",
	"Not disabled":                           "Ddim yn anabl",
	"For example eating, washing, walking or going shopping": "Er enghraifft bwyta, ymolchi, cerdded neu fynd i siopa",
	"Choose one option that best describes your ethnic group or background": "Dewiswch un opsiwn sy’n disgrifio orau eich grŵp " +
		"ethnig neu eich cefndir",
	"No religion":                     "Dim crefydd",
	"Christian":                       "Cristnogaeth",
	"Any other religion":              "Unrhyw grefydd arall",
	"Heterosexual or straight":        "Heterorywiol neu strêt",
	"Gay, lesbian, bisexual or other": "Hoyw, lesbiaidd, deurywiol neu arall",

	"Never married or in a civil partnership": "Erioed wedi priodi na bod mewn partneriaeth sifil",
	"Married or in a civil partnership":       "Priod neu mewn partneriaeth sifil",
	"Separated":                               "Wedi gwahanu",
	"Divorced or civil partnership dissolved": "Wedi ysgaru neu bartneriaeth sifil wedi’i diddymu",
	"Widowed or surviving civil partner":      "Gweddw neu bartner sifil sydd wedi goroesi",

	"Are you pregnant, or have you given birth in the last 26 weeks?": "Ydych chi’n feichiog, neu a ydych chi wedi rhoi genedigaeth " +
		"yn ystod y 26 wythnos diwethaf?",
	"Pregnant or gave birth in the last 26 weeks": "Yn feichiog neu wedi rhoi genedigaeth yn ystod y 26 wythnos diwethaf",
	"Yes": "Ydw",
	"No":  "Nac ydw",

	"Not a carer":             "Ddim yn ofalwr",
	"Carer, 19 hours or less": "Gofalwr, 19 awr neu lai",
	"Carer, 20 to 49 hours":   "Gofalwr, 20 i 49 awr",
	"Carer, 50 or more hours": "Gofalwr, 50 awr neu fwy",
	"Exclude anything you do as part of your paid employment": "Peidiwch â chynnwys unrhyw beth " +
		"rydych chi’n ei wneud fel rhan o’ch gwaith am dâl",
	"Including Church of England, Catholic, Protestant and all other Christian denominations": "Pob enwad",
}
