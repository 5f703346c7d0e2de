package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"yousaid/cmd/yousaid/site"
	"yousaid/surveys/links"
)

// Config is every setting, from a flag or from the environment.
type Config struct {
	Data                string `help:"Folder of the private PostgreSQL, used when there is no DATABASE_URL; ./data when left out." default:"./data" env:"YOUSAID_DATA" placeholder:"DIR" group:"Settings of every command:"`
	DatabaseURL         string `help:"Address of your own PostgreSQL, for the role yousaid_app." env:"DATABASE_URL" placeholder:"URL" group:"Settings of every command:"`
	DatabaseOwnerURL    string `help:"Address of the same database for the role yousaid_owner, which makes the tables." env:"DATABASE_OWNER_URL" placeholder:"URL" group:"Settings of every command:"`
	DatabaseTabulateURL string `help:"Address of the same database for the role yousaid_tabulate, which counts equality answers." env:"DATABASE_TABULATE_URL" placeholder:"URL" group:"Settings of every command:"`
	LogLevel            string `help:"How much to log: debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"YOUSAID_LOG" placeholder:"LEVEL" group:"Settings of every command:"`
	LogFormat           string `help:"How to log: text, or json for programs that read logs." enum:"text,json" default:"text" env:"YOUSAID_LOG_FORMAT" placeholder:"FORMAT" group:"Settings of every command:"`
}

// Listen is where the site answers.
type Listen struct {
	Listen  string   `help:"Address to answer on; 127.0.0.1:8080 when left out. With port 0 a free port is taken and printed." default:"127.0.0.1:8080" env:"YOUSAID_LISTEN" placeholder:"HOST:PORT"`
	BaseURL string   `help:"The site's address as people see it, such as https://feedback.example.gov.uk. Without it: http:// and the address listened on." env:"YOUSAID_BASE_URL" placeholder:"URL"`
	Proxy   []string `name:"trusted-proxy" help:"Network of a proxy in front, such as 10.0.0.0/8, whose word about a visitor's address is believed." env:"YOUSAID_TRUSTED_PROXIES" placeholder:"NETWORK"`

	Metrics          string `help:"Another address to answer GET /metrics on, for Prometheus; for people who run the site only, such as 127.0.0.1:9090." env:"YOUSAID_METRICS" placeholder:"HOST:PORT"`
	SecurityContact  string `help:"Where weaknesses are reported, for /.well-known/security.txt: mailto: or https: addresses with commas between." env:"YOUSAID_SECURITY_CONTACT" placeholder:"ADDRESS"`
	MasterSecretFile string `help:"File that holds the master secret, 64 hexadecimal characters. Without it the database holds one." env:"YOUSAID_MASTER_SECRET_FILE" placeholder:"FILE"`
}

// Check says in a sentence what is wrong with the settings.
func (c Config) Check() error {
	for _, a := range [][2]string{{"DATABASE_URL", c.DatabaseURL}, {"DATABASE_OWNER_URL", c.DatabaseOwnerURL},
		{"DATABASE_TABULATE_URL", c.DatabaseTabulateURL}} {
		if a[1] != "" && !postgresAddress(a[1]) {
			return fmt.Errorf("%s is not an address of a PostgreSQL database: write it as "+
				"postgres://user:password@host:5432/database?sslmode=require", a[0])
		}
	}
	if c.Data == "" && c.DatabaseURL == "" && c.DatabaseOwnerURL == "" {
		return errors.New("there is no database: give --data a folder, or set DATABASE_URL")
	}
	return nil
}

func postgresAddress(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") || strings.Contains(s, "host=")
}

// Check says in a sentence what is wrong with the address.
func (l Listen) Check() error {
	_, port, err := net.SplitHostPort(l.Listen)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("--listen %q is not an address: write it as host:port, for example 127.0.0.1:8080", l.Listen)
	}
	if l.Metrics != "" {
		if _, port, err := net.SplitHostPort(l.Metrics); err != nil || port == "" || l.Metrics == l.Listen && port != "0" {
			return fmt.Errorf("--metrics %q is not an address of its own: write it as host:port, for example 127.0.0.1:9090", l.Metrics)
		}
	}
	for _, contact := range strings.Split(l.SecurityContact, ",") {
		u, err := url.Parse(strings.TrimSpace(contact))
		if l.SecurityContact != "" && (err != nil || u.Scheme != "mailto" && u.Scheme != "https" || strings.ContainsAny(contact, "\r\n")) {
			return fmt.Errorf("--security-contact %q cannot be used: write it as mailto:security@example.gov.uk or "+
				"https://example.gov.uk/security", contact)
		}
	}
	if l.BaseURL == "" {
		return nil
	}
	if links.CheckBase(l.BaseURL) != nil {
		return fmt.Errorf("--base-url %q is not an address of a site: write it as https://feedback.example.gov.uk, without a folder, "+
			"user or anything else behind the name", l.BaseURL)
	}
	return nil
}

// Address is the site's address as people see it, without a slash at the end.
func (l Listen) Address() string {
	if l.BaseURL != "" {
		return strings.TrimRight(l.BaseURL, "/")
	}
	host, port, err := net.SplitHostPort(l.Listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return "http://" + net.JoinHostPort("127.0.0.1", port) // on every address of the machine, so on this one
	}
	return "http://" + l.Listen
}

func (c Config) level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the flag's enum has checked it
	return level
}

// database is what the site needs to open the database.
func (c Config) database(log *slog.Logger) site.Database {
	return site.Database{Dir: c.Data, AppURL: c.DatabaseURL, OwnerURL: c.DatabaseOwnerURL, TabulateURL: c.DatabaseTabulateURL, Log: log}
}

type configCommand struct {
	Listen
}

// Validate finds the mistakes that serve would find.
func (c configCommand) Validate() error { return c.Check() }

// Run prints the settings, a line each, in the form that the environment takes.
func (c configCommand) Run(cfg *Config, t terminal) error {
	lines := [][2]string{
		{"YOUSAID_DATA", cfg.Data},
		{"DATABASE_URL", hidePassword(cfg.DatabaseURL)},
		{"DATABASE_OWNER_URL", hidePassword(cfg.DatabaseOwnerURL)},
		{"DATABASE_TABULATE_URL", hidePassword(cfg.DatabaseTabulateURL)},
		{"YOUSAID_LISTEN", c.Listen.Listen},
		{"YOUSAID_BASE_URL", c.Address()},
		{"YOUSAID_TRUSTED_PROXIES", strings.Join(c.Proxy, ",")},
		{"YOUSAID_LOG", cfg.LogLevel},
		{"YOUSAID_LOG_FORMAT", cfg.LogFormat},
		{"YOUSAID_METRICS", c.Metrics},
		{"YOUSAID_SECURITY_CONTACT", c.SecurityContact},
		{"YOUSAID_MASTER_SECRET_FILE", c.MasterSecretFile},
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(t.out, "%s=%s\n", l[0], l[1]); err != nil {
			return err
		}
	}
	return nil
}

// hidePassword shows an address without its password, in either way of writing it.
func hidePassword(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		if _, has := u.User.Password(); has {
			u.User = url.UserPassword(u.User.Username(), "hidden")
		}
		query := u.Query()
		for name := range query {
			if strings.Contains(strings.ToLower(name), "password") {
				query.Set(name, "hidden")
			}
		}
		u.RawQuery = query.Encode()
		return u.String()
	}
	return keyword.ReplaceAllString(address, "${1}hidden")
}

// keyword finds a password in the other way of writing an address: host=… password='it”s secret'.
var keyword = regexp.MustCompile(`(?i)(\w*password\w*\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)`)

// masterSecret reads the secret from the file or from YOUSAID_MASTER_SECRET; nil where neither is given. No error repeats it.
func (l Listen) masterSecret() ([]byte, error) {
	text, from := os.Getenv("YOUSAID_MASTER_SECRET"), "YOUSAID_MASTER_SECRET"
	if l.MasterSecretFile != "" {
		if text != "" {
			return nil, errors.New("both YOUSAID_MASTER_SECRET and YOUSAID_MASTER_SECRET_FILE are set: use one of them")
		}
		b, err := os.ReadFile(l.MasterSecretFile)
		if err != nil {
			return nil, fmt.Errorf("the file of the master secret cannot be read: %w", err)
		}
		text, from = strings.TrimSpace(string(b)), l.MasterSecretFile
		if text == "" {
			return nil, fmt.Errorf("the file of the master secret, %s, is empty: openssl rand -hex 32 makes one", from)
		}
	}
	if text == "" {
		return nil, nil
	}
	master, err := hex.DecodeString(text)
	if err != nil || len(master) != 32 {
		return nil, fmt.Errorf("%s does not hold 64 hexadecimal characters: openssl rand -hex 32 makes them", from)
	}
	return master, nil
}
