package sitetest

import (
	"strings"

	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/wording"
)

// urdu are the wordings that customers see most, in Urdu; made for tests and read by no speaker.
var urdu = map[string]string{
	"page.skip": "اصل مواد پر جائیں", "page.language": "زبان", "page.back": "واپس", "page.problem": "ایک مسئلہ ہے",
	"page.error": "غلطی:", "page.error_prefix": "غلطی:",
	"questions.send": "بھیجیں", "questions.finish": "رائے بھیجیں", "questions.continue": "جاری رکھیں",
	"questions.seconds":      "اس میں تقریباً {1} سیکنڈ لگتے ہیں۔",
	"questions.chosen":       "آپ نے {1} چنا ہے۔ بھیجنے سے پہلے آپ اسے بدل سکتے ہیں۔",
	"questions.privacy":      "آپ کے جوابات {1} کو جاتے ہیں۔ ہم نہیں پوچھتے کہ آپ کون ہیں اور آپ کے آلے پر کچھ محفوظ نہیں کرتے۔",
	"questions.privacy_link": "ہم آپ کے جوابات کیسے استعمال کرتے ہیں", "questions.saved": "شکریہ۔ آپ کے اب تک کے جوابات محفوظ ہیں۔",
	"questions.page":    "صفحہ {1} از {2}",
	"question.optional": "(اختیاری)", "question.or": "یا", "question.private": "نام، پتے یا لوگوں کے بارے میں دوسری تفصیلات نہ لکھیں۔",
	"question.usual_yes": "جی ہاں", "question.usual_no": "جی نہیں",
	"answer.choose_one": "جوابات میں سے ایک چنیں", "footer.privacy": "رازداری", "footer.cookies": "کوکیز",
	"footer.accessibility": "رسائی کا بیان",
	"thanks.title":         "آپ کی رائے کا شکریہ", "thanks.receipt": "آپ کا رسید کوڈ", "thanks.next": "اب کیا ہو گا",
	"thanks.team":     "{1} چلانے والے لوگ آپ کی رائے آپ کے نام کے بغیر دیکھیں گے۔",
	"thanks.together": "ہم اسے دوسروں کی رائے کے ساتھ ملا کر دیکھتے ہیں کہ کیا ٹھیک کرنا ہے۔",
	"thanks.follow":   "دیکھیں کہ اس کا کیا ہوا، یا اسے واپس لیں", "thanks.again": "دوبارہ رائے دیں",
	"thanks.keep": "رسید کوڈ سنبھال کر رکھیں۔ صرف اسی سے پتا چلتا ہے کہ کون سی رائے آپ کی ہے، اور یہ نہیں بتاتا کہ آپ کون ہیں۔",
	"spent.title": "آپ یہ رائے پہلے ہی بھیج چکے ہیں",
	"spent.text":  "یہ ہمارے پاس ہے۔ کچھ دوبارہ نہیں بھیجا گیا۔", "equality.title": "آپ کے بارے میں سوالات",
	"equality.send": "جوابات بھیجیں", "equality.skip": "یہ سوالات چھوڑ دیں",
	"equality.saved":     "آپ کی رائے محفوظ ہے۔ یہ آخری سوالات اختیاری ہیں: سب، کچھ یا کسی کا بھی جواب نہ دیں۔",
	"about.sex.question": "آپ کی جنس کیا ہے؟", "about.sex.female": "عورت", "about.sex.male": "مرد", "about.pns": "بتانا نہیں چاہتے",
	"error.404": "صفحہ نہیں ملا", "receipt.title": "آپ کی رائے کا کیا ہوا", "receipt.code": "رسید کوڈ", "receipt.look": "دیکھیں",
	"privacy.title": "ہم آپ کے جوابات کیسے استعمال کرتے ہیں",
	"month.1":       "جنوری", "month.2": "فروری", "month.3": "مارچ", "month.4": "اپریل", "month.5": "مئی", "month.6": "جون",
	"month.7": "جولائی", "month.8": "اگست", "month.9": "ستمبر", "month.10": "اکتوبر", "month.11": "نومبر", "month.12": "دسمبر",
}

// Translate gives the council words in a language: the Urdu ones where they are known, a sentence that means nothing for all
// others. Wordings that are left out stay missing.
func (s *Site) Translate(lang string, without ...string) {
	s.T.Helper()
	s.check(s.Translations.Add(s.T.Context(), s.By(), lang))
	left := " " + strings.Join(without, " ") + " "
	var changes []translations.Change
	for _, m := range s.Translations.Catalogue.Messages() {
		if strings.Contains(left, " "+m.Key+" ") {
			continue
		}
		text, known := urdu[strings.Replace(m.Key, wording.InDate, "month.", 1)]
		if !known {
			text = strings.TrimSpace("یہ ایک جملہ ہے " + strings.Join(m.Gaps(), " ") + " جس کا ترجمہ ہو گیا")
		}
		forms := m.FormsOf(lang)
		if forms == nil {
			changes = append(changes, translations.Change{Key: m.Key, Text: text})
		}
		for _, f := range forms {
			changes = append(changes, translations.Change{Key: m.Key, Form: f.Name, Text: text})
		}
	}
	saved, err := s.Translations.Save(s.T.Context(), s.By(), lang, changes)
	s.check(err)
	if len(saved.Kept) > 0 {
		s.T.Fatalf("the words of the test are refused: %+v", saved.Kept)
	}
	s.Later()
}

// Publishes makes a survey of a questionnaire written as YAML and publishes it if the rules let it.
func (s *Site) Publishes(yaml string) error {
	s.T.Helper()
	d, err := surveys.ParseYAML([]byte(yaml))
	s.check(err)
	id, err := s.Surveys.Import(s.T.Context(), s.By(), d)
	s.check(err)
	_, err = s.Surveys.Publish(s.T.Context(), s.By(), id, surveys.Publishing{})
	return err
}
