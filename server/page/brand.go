package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Brand is what makes a page the council's own: its colour, the colours worked out from it, and its logo.
type Brand struct {
	Colour, Ink       string // behind the header, and the letters on it
	Link, LinkHover   string // on white
	Button, ButtonInk string
	Logo              string // address on this site of the logo, or ""
	LogoAlt           string // what the logo says; "" where the name stands beside it
}

const defaultColour = "#1f4e5f"

// NewBrand works out a council's colours: every pair of letters and ground has a contrast of at least
// 4.5 to 1 (WCAG 1.4.3), by white letters where they reach it, else black ones; links are darkened until
// they reach it on white. A colour that is not #rgb or #rrggbb becomes the product's own. A logo must be an
// address on this site, since pages load nothing from elsewhere; any other is left out.
func NewBrand(colour, logo string) Brand {
	c, ok := parseColour(colour)
	if !ok {
		c, _ = parseColour(defaultColour)
	}
	b := Brand{Colour: c.String(), Ink: inkOn(c)}
	link := c
	for contrast(link, white) < 4.5 || contrast(link, surface) < 4.5 {
		link = link.times(0.9)
	}
	b.Link, b.LinkHover = link.String(), link.times(0.6).String()
	// A button must stand out from the white page by 3 to 1 (1.4.11): the link's colour always does.
	button := c
	if contrast(button, white) < 3 {
		button = link
	}
	b.Button, b.ButtonInk = button.String(), inkOn(button)
	if strings.HasPrefix(logo, "/") && !strings.HasPrefix(logo, "//") && !strings.Contains(logo, "\\") {
		b.Logo = logo
	}
	return b
}

// Style is the style sheet of the brand, a single rule that stands in the page itself: no request.
func (b Brand) Style() template.CSS {
	if b.Colour == "" {
		return ""
	}
	return template.CSS(fmt.Sprintf(":root{--govuk-brand-colour:%s;--brand-ink:%s;--govuk-link-colour:%s;"+
		"--govuk-link-hover-colour:%s;--brand-button:%s;--brand-button-ink:%s}",
		b.Colour, b.Ink, b.Link, b.LinkHover, b.Button, b.ButtonInk))
}

// CSPHash is the hash of Style as a Content-Security-Policy source, or "" where there is no style.
func (b Brand) CSPHash() string {
	style := b.Style()
	if style == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// CSP is the whole Content-Security-Policy of a page with this brand: this site only, no script but its
// own, no frame round it. The empty icon of the page is a data: address, which saves a request.
func (b Brand) CSP() string {
	style := strings.TrimSpace("style-src 'self' " + b.CSPHash())
	return "default-src 'none'; " + style + "; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri " +
		"'none'; frame-ancestors 'none'"
}

type rgb struct{ r, g, b uint8 }

var (
	white   = rgb{255, 255, 255}
	surface = rgb{0xee, 0xf2, 0xf3} // the tint behind header bars and filters
)

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

func (c rgb) times(f float64) rgb {
	return rgb{uint8(float64(c.r) * f), uint8(float64(c.g) * f), uint8(float64(c.b) * f)}
}

// inkOn gives white where it can be read on the colour, else black, which then always can: the two
// contrasts multiply to 21, so one of them is at least 4.58.
func inkOn(c rgb) string {
	if contrast(white, c) >= 4.5 {
		return "#ffffff"
	}
	return "#000000"
}

func parseColour(s string) (rgb, bool) {
	hex, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	if !ok {
		return rgb{}, false
	}
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	if len(hex) != 6 {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// contrast is the ratio of WCAG 2.2: (lighter + 0.05) / (darker + 0.05), by relative luminance; 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c rgb) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}
