// Package postgres holds the ways to the databases: to the main one, which is written, and to the replica of the site,
// which is read. The pools behind them are not exported: who has a replica cannot write. A database that cannot be
// reached costs its users no waiting: they are refused at once while one of them looks whether it is back.
package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Address says where a database is and as whom to connect. It prints without the password. TLS is used when the server
// offers it; PGSSLMODE and PGSSLROOTCERT can demand it.
type Address struct {
	Host     string // name, address, or directory of a Unix socket
	Port     int
	User     string
	Password string // empty: PostgreSQL's own ways apply
	Name     string // of the database
}

// String returns user@host:port/name.
func (a Address) String() string {
	return fmt.Sprintf("%s@%s:%d/%s", a.User, a.Host, a.Port, a.Name)
}

// GoString keeps the password out of %#v.
func (a Address) GoString() string { return a.String() }

// ConnString returns the address, password included, as drivers and the PostgreSQL programs take it. application is
// the name by which the server knows the connection.
func (a Address) ConnString(application string) string {
	var b strings.Builder
	for _, part := range [][2]string{
		{"host", a.Host},
		{"port", strconv.Itoa(a.Port)},
		{"user", a.User},
		{"password", a.Password},
		{"dbname", a.Name},
		{"application_name", application},
	} {
		if part[1] != "" {
			fmt.Fprintf(&b, "%s='%s' ", part[0], escaper.Replace(part[1]))
		}
	}
	return strings.TrimSpace(b.String())
}

var escaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// poolConfig returns what both pools have in common.
func (a Address) poolConfig(application string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(a.ConnString(application))
	if err != nil {
		return nil, fmt.Errorf("address of the database %s: %w", a, err)
	}
	config.MaxConnLifetime = maxLifetime
	config.MaxConnLifetimeJitter = maxLifetime / 10
	config.MaxConnIdleTime = maxIdle
	config.AfterConnect = registerTypes
	config.ConnConfig.Tracer = connectLimit{}
	parameters := config.ConnConfig.RuntimeParams
	// Records in error details carry times.
	parameters["timezone"] = "UTC"
	// The server notices a client that is gone, and gives up its locks.
	parameters["tcp_keepalives_idle"] = "10"
	parameters["tcp_keepalives_interval"] = "5"
	parameters["tcp_keepalives_count"] = "3"
	return config, nil
}
