package redaction

import (
	"regexp"
	"strings"
)

// Names as people in Britain have them. The lists are the project's own, of common knowledge; they are short, so a name
// that is not on them is found only by the words around it.
var (
	// given names that are no words of English or Welsh.
	given = set(
		`aaron abdul abdullah abigail adam adele adrian agnes ahmed aidan aileen aisha alan alastair albert alec alex alexander alexandra
		alfie alfred ali alice
		alison alistair alun amanda amber amelia amina amir amy ana andrea andrew andrzej aneurin angela angharad angus anita anjali ann
		anna anne annette anthony antonio
		anwar archie arjun arthur arun asha asif audrey aubrey ayesha babatunde barbara barry beata beatrice becky belinda ben benjamin
		bernadette bernard beryl beth bethan
		betty beverley billy blodwen bogdan bradley branwen brenda brendan brian bridget bronwen bryan caitlin callum calum cameron cara
		carl carly carmen carol carole
		caroline carys catherine catrin cathy cecil ceinwen ceri cerys charles charlie charlotte cheryl chidi chinedu chioma chloe chris
		christina christine christopher
		ciara claire clare clive colette colin connor conor craig cynthia dafydd daisy damian daniel daniela danielle danny daphne darren
		dave david davina dawid dean deborah
		debbie deepa deepak deirdre delyth denise dennis derek desmond diane dilys dimitri dipak dmitri dominic donald donna doreen doris
		dorothy douglas dylan eamonn
		eddie edith edmund edward edwin efa eileen eilidh elaine eleanor eleri elen elena elfed elfyn elin eliot elis elizabeth ella ellen
		ellie elsie elwyn emily emma emmanuel
		emrys emyr enid eric erin ernest esme esther ethan ethel euan eugene eunice eva evan evelyn ewa fatima farah farhan farooq femi
		ffion fiona flora florence frances
		francesca francis fraser fred freddie frederick freya funmi gareth gary gavin gemma geoff geoffrey george georgia georgina geraint
		gerald geraldine gerard gethin gillian gita
		giles gladys glenda glenys gloria gordon graeme graham greg gregory gruffydd guto gwendolyn gwenda gwenllian gwilym gwyneth
		gwynfor hamza hannah harold harriet harry
		harpreet hasan hassan hayley hazel heather hefin heledd helen helena helga henry herbert hilary hilda howard hugh hugo humphrey
		huw hussain hywel iain ian ibrahim idris iestyn
		ieuan ifan ifor ilona imogen imran ines ingrid ioan iolo iona iorwerth iqbal irena irene iris irfan isaac isabel isabella isabelle
		islwyn isobel ivan iwan
		jackie jacob jacqueline jakub james jamie jamila jan jane janet janice janine janusz jared jasmine jason jaswinder javed jayne
		jean jeanette jeff jeffrey jemima jennifer jenny
		jeremy jerzy jessica jessie jill jim jimmy joan joanna joanne joe joel johan john johnny jonathan josef joseph josephine josh
		joshua joyce juan judith judy julia
		julian julie juliet justin justyna kamal kamil karen karim karl karolina katarzyna kate katherine kathleen kathryn kathy katie
		katy kaur kayleigh keith ken kenneth kerry
		keri kevin khadija khalid kieran kirsty kofi krishna krzysztof kwame kyle lakshmi lara latifah laura lauren laurence lawrence leah
		leanne lech len leon leonard
		leroy lesley leslie leszek lewis li liam lilian lilly lily linda lindsay lindsey ling lisa liz lleucu llewelyn llinos lloyd llyr
		llŷr logan lorna lorraine louis louise lowri luca
		lucas lucy luke lydia lynda lynette lynn lynne mabel maciej madeleine maggie magdalena mair mairead malcolm malgorzata mandy
		manjit marcin marcus margaret
		maria mariam marian marie marilyn mario marion marjorie marlene marta martha martin martyn mary maryam matt matthew maureen
		maurice mavis maxine megan mehmet mei
		meinir meirion melanie melissa meredydd mererid michael michal michelle miguel mike mildred millie miriam mick mitchell mohamed
		mohammad mohammed mohan moira molly mona monica monika
		morag muhammad muriel mustafa myfanwy nadia nancy naomi nasreen natalia natalie natasha nathan ned neil nerys ngozi nia niall
		nicholas nicola nicole nigel nina noah noel noor nora noreen
		norma obinna olena olga oliver olivia oluwaseun omar oscar osian oswald owain owen pamela parveen patricia patrick paul paula
		pauline pavel pawel pedro peggy
		penelope percy peredur peter petra phil philip philippa phillip phoebe phyllis pierre piotr polly prakash priya prys rachael
		rachel radoslaw rafal rahul raj rajesh
		ralph ramesh ramona rashid ravi raymond rebecca rehana reginald rhiannon rhian rhodri rhona rhydian rhys richard ricky rita robert
		roberta roger roisin roland ron ronald
		rosalind rosemary rosie roy rukhsana rupert russell ruth ryan sabrina sadia saima sajid salma sally sam samantha samina samir
		samuel sana sandeep sandra sanjay sara sarah
		saskia scott sean sebastian selina seren serena shabana shahid shannon sharon shaun shauna sheila shirley sian siân siani simon
		simone sinead siobhan siwan sofia sonia
		sophia sophie stacey stanislaw stanley stella stephanie stephen steve steven stewart stuart sue suleman sunita suresh susan
		suzanne sylvia szymon tahir tanya tara tariq tegid tegwen
		teresa terence terry thelma theo theresa thomas tim timothy tina toby tom tomasz tommy tony tracey tracy trefor trevor tristan
		tudur tudor una ursula uzma valerie vanessa vera
		vernon veronica vijay vikram vincent viola vivien vivienne wanda wayne wei wendy wilfred william wojciech xavier yasmin yasmine
		yolanda yousef yusuf yvette yvonne zac zachary
		zahra zainab zara zbigniew zoe zofia zsofia`,
	)
	// given names that are also words, months, places or saints often enough: they need words around them, or a surname.
	doubtful = set(
		`angel april art august autumn bill blessing bob bryn carlton chad chance charity chase chelsea china christian clay crystal dale
		dawn derby dewi dick diana dot drew
		earl eira ernie eve faith frank gaynor gene glen glyn grace grant guy gwen gwyn haf happy harvey holly hope jordan iva ivy jack
		jade jay jerry jewel jo joy june justice kay kelly kent kim
		kit kitty lance lee lyn mai major mark max may melody miles misty morris nan nelson nick norman olive paris pat patience patty
		pearl penny pete peg poppy precious prince ray rex rich river rob
		robin rod rose rowan ruby ruben sandy shah sheila sid sky stan star sterling storm summer sunny sydney ted tiffany tony troy
		victor victoria viv wade warren will willow woody
		albert ashley bethany mercy comfort cliff iwan menna non sali sandie marina carina`,
	)
	surnames = set(
		`abbott adams adeyemi ahmed akhtar ali allen anderson andrews appleby armstrong ashworth atkinson bailey baker ball banks barker
		barlow barnes barnett barrett barton
		bates begum bell bennett berry bevan bibi bird bishop black booth bowen bowman boyd bradley bradshaw brooks brown bryant burgess
		burke burns burton butler campbell carr carter
		chambers chan chapman chaudhry chen choudhury chowdhury clark clarke clayton cole coleman collins connor cook cooper cox crawford
		cross cunningham curtis daniels davidson davies davis
		dawson day dean dixon doyle duncan dunn edwards elliott ellis evans farrell fisher fleming fletcher ford foster fox francis fraser
		freeman gallagher garcia gardner george gibbs gibson
		gill gordon graham grant gray green greene greenwood gregory griffin griffiths hall hamilton hammond harding harper harris
		harrison hart harvey hassan hawkins hayes henderson
		henry higgins hill hodgson holland holmes hopkins howard howells hudson hughes humphreys hunt hunter hussain hussein islam jackson
		jacobs james jenkins johnson johnston jones
		jordan joseph joyce kaur kelly kennedy kerr khan king kirk knight knowles kowalski lambert lane lawrence lawson lee lewis lloyd
		long lowe mahmood marsh marshall martin mason matthews
		may mccarthy mcdonald mckenzie miah middleton miller mills mistry mitchell mohamed moore moran morgan morris morrison moss murphy
		murray nelson newman newton nguyen nicholls nolan north
		nowak o'brien o'connor o'neill okafor oliver osborne owen owens page palmer parker parkin parry parsons patel payne pearce pearson
		perkins perry peters phillips pickering poole pope porter
		potter powell price pritchard pugh puw rahman read rees reed reid reynolds rhys richards richardson riley roberts robertson
		robinson robson rogers rose ross rowlands russell ryan saunders scott
		sharma sharp shaw singh simpson sims smith spencer stafford stephens stevens stevenson stewart stokes stone sutton taylor thomas
		thompson thomson thornton todd tranter tucker turner
		vaughan wade walker wallace walsh walters ward warren watkins watson watts webb webster welch west wheeler whitfield white
		williams williamson willis wilson winter wood woods wright wyatt
		wyn wynne yates young yusuf zhang`,
	)
	// words of places, buildings, shops and events: what goes before them is what they are called after.
	places = set(
		`road rd street st lane avenue ave close drive way court crescent terrace gardens garden grove place square walk row mews parade
		rise park fields school schools
		academy college university church chapel cathedral hospital infirmary surgery clinic ward centre center hall hotel inn pub arms
		bar cafe café restaurant palace museum library theatre
		gallery building buildings house tower estate bridge station stadium ground roundabout junction market shop store newsagent
		newsagents garage depot works line island common memorial statue
		day week festival parade bench trust foundation avenue's baths pool leisure playing car cup club team boulevard quay dock canal
		river beach bay valley moor wood woods farm brook
		united city town village county council dogs russell's dancers exhibition film films book books norman industrial retail way's
		hill green cemetery allotments lounge suite room`,
	)
	surnamePlaces = set(
		`hill green hall lane church wood woods marsh heath ford bell park cross banks fields house bridge day field moor brook farm bar
		line book garden place west street`,
	)
	// words of Welsh places, which come before the name.
	welshPlaces = set(
		`canolfan llyfrgell ysgol parc stryd heol ffordd eglwys neuadd ysbyty castell plas capel gwesty tafarn pont maes rhodfa clos lôn
		tŵr tŷ amgueddfa coleg bro cae lon
		gorsaf theatr sgwâr rhiw allt cilgant pen porth aber llan dinas`,
	)
	before1 = set(`st saint santa king queen prince princess pope emperor the santes sant lake mount fort port glen loch hms`)
	known   = regexp.MustCompile(
		`(?i)^(?:alan turing|florence nightingale|guy fawkes|robin hood|harry potter|nelson mandela|john lewis|jack russell|robert peel|` +
			`isaac newton|oliver twist|father christmas|laura ashley|` +
			`jack daniels?|winston churchill|charles dickens|william shakespeare|jane austen|charles darwin|dylan thomas|owain gl?yndŵr|` +
			`aneurin bevan|david lloyd|fred perry|ted baker|paul smith|ben jerry|virginia woolf|` +
			`martin luther king|margaret thatcher|boris johnson|keir starmer|tony blair|david attenborough|captain tom|peter pan|` +
			`thomas cook|morris minor|robin reliant|peppa pig|mickey mouse|donald trump|emmeline pankhurst|` +
			`sam smith|tim hortons?|charlie chaplin|jack straw|joe bloggs|tom dick|jo bloggs|roald dahl|david walliams|jack frost|alice in|` +
			`william morris|lewis carroll|rosa parks|martha stewart|anne frank|mary poppins|ed sheeran|ronald mcdonald)`,
	)
	// words with a capital that are no names of people.
	ordinary = set(
		`i i'm i've i'd a an and the he she it we they you my our your his her their this that these those there then here not no yes if
		but so or as at in on to of for from by with
		all any some many more most very please thank thanks what when where why who how which council cyngor county city town borough
		district parish customer customers service services housing
		highways planning environmental health adult social care children children's education benefits benefit tax trading standards
		citizens advice blue badge green party labour conservative
		conservatives liberal democrats reform tory monday tuesday wednesday thursday friday saturday sunday january february march april
		may june july august september october november december
		easter christmas eid ramadan diwali english welsh scottish irish british polish indian chinese muslim jewish hindu sikh england
		wales scotland ireland britain uk cymru lloegr cymraeg saesneg
		north south east west northern southern god dad mum mam nan grandad nhs gp mp pcn pc ni dvla bbc covid brexit facebook google
		twitter online internet library market street road team staff reception
		officer office manager head chief kind best regards yours sincerely faithfully signed dear sir madam hello hi hey good great
		excellent well done mr mrs miss ms mx dr prof professor cllr councillor cyng cynghorydd parch parchedig rev reverend sir dame lord
		lady resident
		mae mae'r roedd nid nid yw yn yr y gan ar i'r o'r dim bydd diolch hoffwn pam gwasanaeth biniau dydd gŵyl mis ionawr chwefror
		mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd
		rhagfyr refuse recycling waste bins bin parks leisure registrars elections electoral licensing leisure police fire ambulance royal
		post mail virgin media openreach severn trent veolia serco capita
		universal credit support staff street scene parking enforcement environment everyone everybody nobody somebody someone anyone
		people residents neighbours angry concerned happy redacted name ok okay activities hosp hospital medical
		sid facebook tesco asda aldi lidl sainsbury's morrisons boots greggs costa group centre hall house park school`,
	)
	// words of places that make a place of a name only with a capital: "Sarah works here".
	smallPlaces = set(`day week team park works line book books car wood place room bar hall house`)
	// places that are called after somebody with a title.
	calledAfter = set(`school pub road street hotel bridge court park shop`)
	verbs       = set(`were was said are is should that`)
	particles   = set(`ap ab ferch verch de van von der bin binti al el la le du da dos o mac`)
)

const kinshipWords = `son|daughter|wife|husband|partner|mum|mam|mother|dad|father|brother|sister|grandson|granddaughter|` +
	`grandmother|grandfather|grandad|nan|aunt|uncle|nephew|niece|carer|neighbour|friend|` +
	`ex|landlord|tenant|child|baby|boy|girl|colleague|social worker|support worker|key worker|case worker|caseworker|caretaker|warden|` +
	`housing officer|planning officer|officer|manager|assistant|trainer|coach|teacher|driver|` +
	`fab|mab|merch|ferch|gŵr|ngŵr|gwraig|ngwraig|chwaer|brawd|mrawd|mam|tad|nhad|cymydog|nghymydog|ffrind|gofalwr|nai|nith|ŵyr|wyres`

var (
	// words before a name after which a word with a capital is taken for one although it is on no list.
	strong = regexp.MustCompile(
		`(?i)(?:\b(?:my|his|her|our|the|your|their|late|fy|ei|eu|ein|dy|a|an|old|elderly)\s(?:[a-z]+\s){0,2}?(?:` + kinshipWords +
			`)(?: is| called| named| yw|, I think|,)?|` +
			`\bnames?(?: is| was|:)?|\b(?:called|named|spoke (?:to|with)|speak (?:to|with)|spoken (?:to|with)|dealt with by|seen by|` +
			`helped by|met with|writing for|behalf of|care of|o'r enw|enw(?: i)?(?: yw|:)?|` +
			`siarad(?:ais|odd|wyd|ais i)? (?:â|gyda|ag)|diolch i|gofynnais i|cymorth gan|help gan|thanks to|thank you to|thank|tenant is|` +
			`signed:?|regards,?|sincerely,?|faithfully,?|diolch,|diolch yn fawr,|cofion,?|yn gywir,))[ ,]{0,2}$`,
	)
	// words before a name after which a doubtful word is taken for one.
	hinted = regexp.MustCompile(
		`(?i)\b(?:i am|i'm|i think|this is|ask|asked for|asked|tell|told|told by|by|from|and|see|saw|met|by the name of|with|gan|a|i|` +
			`roedd|oedd|dywedodd|meddai|gwelais|thank you,?|well done,?|thanks,?|to|for|that|said)[ ,]{1,2}$`,
	)
	// words after a name that say it is somebody's.
	after = regexp.MustCompile(
		`(?i)^,? (?:(?:who|and (?:his|her|their|my) |is (?:rude|lovely|kind|great|brilliant|amazing|fantastic|helpful|so|very|a )|` +
			`was (?:so|very|really|rude|lovely|kind|great|brilliant|amazing|fantastic|helpful|patient|polite|the)|` +
			`told|said|rang|called|phoned|came|helped|fixed|sorted|explained|answered|listened|promised|refused|replied|dealt|took|has been|` +
			`from (?:the )?\w+|on (?:the )?(?:phone|desk|reception|front)|` +
			`on (?:mon|tues|wednes|thurs|fri|satur|sun)day|` +
			`in (?:the )?(?:\w+ ){0,2}(?:team|services?|office|reception|department|care|parking|housing|planning|centre|library)|` +
			`at (?:the )?(?:\w+ ){0,2}(?:team|office|reception|desk|centre|library|tip|gym|pool|council|museum)|` +
			`o'r |oedd|o |yn y ))`,
	)
	signOff = regexp.MustCompile(`(?i)(?:regards|thanks|thank you|sincerely|faithfully|diolch|cofion|gywir|[.!?])[,.!]?\s+$`)
)

// people finds names without a title: a given name of the lists, or words with a capital that the words around them call a
// person. Names of streets, schools, pubs and shops, and of people of history and of stories, are nobody's here.
func people(text string) []span {
	var list []span
	words := wordsOf(text)
	for i := 0; i < len(words); i++ {
		w := words[i]
		last, ok := person(text, words, i)
		if ok {
			list = append(list, span{w.from, words[last].to})
		}
		i = last
	}
	return list
}

// person says whether a name begins at word i, and gives the last word that was looked at for it.
func person(text string, words []word, i int) (int, bool) {
	w := words[i]
	low := strings.ReplaceAll(w.low, "’", "'")
	if len(w.text) < 2 || strings.ContainsAny(w.text, "0123456789") {
		return i, false
	}
	listed := given[low] || isDoubleName(low)
	if !w.capital() && !listed {
		return i, false
	}
	lead := textBefore(text, w.from, 60)
	isStrong := strong.MatchString(lead)
	last := extend(words, i)
	if excluded(words, i) {
		return last, false
	}
	two := last > i
	sur := two && surnames[strings.ToLower(words[i+1].text)]
	maybe := doubtful[low]
	follow := text[words[last].to:]
	if place(words, i, last, isStrong || hinted.MatchString(lead) && listed) ||
		known.MatchString(strings.Join(lowerCase(words[i:min(len(words), last+2)]), " ")) {
		return last, false
	}
	switch {
	case listed && w.capital(), listed && !maybe && (len(low) > 3 || isStrong):
		return last, true
	case !w.capital():
		return i, false
	case maybe && isStrong, maybe && sur:
		return last, true
	case maybe && !w.initial && (hinted.MatchString(lead) && (two || after.MatchString(follow))):
		return last, true
	case ordinary[low] || two && ordinary[words[last].low] || maybe:
		return i, false
	case isStrong && !allCapitals(w.text):
		return last, true
	case two && sur && !w.initial, two && sur && after.MatchString(follow):
		return last, true
	case two && last == len(words)-1 && strings.Trim(follow, " .!") == "" && signOff.MatchString(lead) && w.initial:
		return last, true
	case two && !w.initial && after.MatchString(follow) && hinted.MatchString(lead):
		return last, true
	}
	return i, false
}

// isDoubleName says whether a word is two given names with a hyphen: Mary-Jane.
func isDoubleName(low string) bool {
	first, second, ok := strings.Cut(low, "-")
	return ok && given[first] && (given[second] || doubtful[second])
}

func allCapitals(s string) bool { return len(s) > 1 && s == strings.ToUpper(s) }

// excluded says whether the word before makes what follows a place or a saint.
func excluded(words []word, i int) bool {
	if i == 0 || strings.Trim(words[i].gap, " .") != "" {
		return false
	}
	prior := words[i-1]
	if words[i].gap == ". " && prior.low != "st" {
		return false
	}
	return before1[prior.low] || prior.capital() && welshPlaces[prior.low]
}

// extend gives the last word of a name that begins at word i: further words with a capital, the particles between them, and initials.
func extend(words []word, i int) int {
	last := i
	if words[i].possessed {
		return last
	}
	for j := i + 1; j < len(words) && j <= i+4; j++ {
		w := words[j]
		if w.gap != " " && !(w.gap == ". " && len(words[j-1].text) == 1) {
			break
		}
		if particles[w.low] && j+1 < len(words) && words[j+1].capital() && words[j+1].gap == " " {
			continue
		}
		if !w.capital() && !(!words[i].capital() && surnames[w.low]) || strings.ContainsAny(w.text, "0123456789") || w.low == "i" ||
			ordinary[w.low] && !surnames[w.low] {
			break
		}
		last = j
		if w.possessed {
			break
		}
	}
	return last
}

// place says whether the words from i to last, or the one after them, are what a place is called.
func place(words []word, i, last int, somebody bool) bool {
	for j := i + 1; j <= last; j++ {
		if places[words[j].low] && !(j == last && j == i+1 && surnamePlaces[words[j].low] && somebody) {
			return true
		}
	}
	next := last + 1
	if next >= len(words) || words[next].gap != " " {
		return false
	}
	w := words[next]
	return places[w.low] && (w.capital() || !smallPlaces[w.low]) || words[last].possessed && w.capital() && places[w.low]
}

func lowerCase(words []word) []string {
	var list []string
	for _, w := range words {
		list = append(list, w.low)
	}
	return list
}

var (
	titled = regexp.MustCompile(
		`\b(Mr|Mrs|Ms|Miss|Mx|Dr|Doctor|Prof|Professor|Cllr|Councillor|Sir|Dame|Lady|Lord|Rev|Reverend|Sgt|PC|Cyng|Cynghorydd|Mstr|` +
			`Parch|Parchedig)\.? ` +
			`((?:\p{Lu}\.? ){0,2}\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}[\p{L}\p{M}'’-]*(?: (?:(?:ap|ab|ferch|de|van|von|bin|al) )?` +
			`\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}[\p{L}\p{M}'’-]*){0,2})`,
	)
	titledSmall = regexp.MustCompile(`\b(?:mr|mrs|cllr|councillor)\.? (\p{Ll}[\p{L}'’-]{2,})`)
	brands      = regexp.MustCompile(
		`^(?:Whippy|Softee|Kipling|Muscle|Who|Martens|Oetker|Pepper|Selfridge|Marple|Bean|Blobby|Tumble|Men|Doubtfire|Poppins|Mayor|` +
			`Mayoress|Lieutenant|Chancellor|Sugar|Dre|Brown['’]s Boys|Jekyll|Watson Inn)\b`,
	)
)

// namesWithTitle finds names after a title, in English and Welsh, but brands, and places called after somebody with a title.
func namesWithTitle(text string) []span {
	var list []span
	for _, m := range titled.FindAllStringSubmatchIndex(text, -1) {
		title, name := text[m[2]:m[3]], text[m[4]:m[5]]
		noble := title == "Sir" || title == "Dame" || title == "Lady" || title == "Lord"
		if brands.MatchString(name) || noble && strings.HasSuffix(strings.ToLower(textBefore(text, m[0], 5)), "the ") {
			continue
		}
		words := wordsOf(text[m[4]:])
		last := len(wordsOf(name)) - 1
		is := noble && last == 0 && places[words[0].low] || place(words, 0, last, true)
		for j := 0; j <= last; j++ { // Mrs Brown's Boys
			is = is || words[j].possessed && j < last
		}
		if next := last + 1; next < len(words) && words[next].gap == " " && calledAfter[words[next].low] {
			is = true
		}
		if !is {
			list = append(list, span{m[4], m[4] + words[last].to})
		}
	}
	for _, s := range submatchSpans(titledSmall, text) {
		if low := strings.ToLower(text[s[0]:s[1]]); !ordinary[low] && !verbs[low] {
			list = append(list, s)
		}
	}
	return list
}
