package lab

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/site"
)

// MainSite is the name of the site with the main database.
const MainSite = "cologne"

// Options say what a lab consists of. The zero value is the main site and one observatory, without APIs.
type Options struct {
	// Secondaries are the names of the secondary sites; none: one called observatory.
	Secondaries []string
	// APIs is the number of APIs at each site.
	APIs int
	// PortBase is the first of the consecutive ports that the lab takes: the control's, then, site by site,
	// PostgreSQL's, Redis's, at a secondary site the link's two, and the APIs', at last GitHub's and that of the names. 0: free ones.
	PortBase int
	// RestartAfter is the pause before a server is started again that ended without having been told to; 0: a second,
	// negative: it stays down.
	RestartAfter time.Duration
	// NoFsync lets PostgreSQL acknowledge what is not on the disk: faster, and no loss as long as only processes are
	// killed and not the machine. Redis always waits for the disk.
	NoFsync bool
	// RedisMemory is how many bytes each Redis may use; 0: 1 GiB.
	RedisMemory int64
	// Command starts an API; none: this program with the argument "serve".
	Command []string
	// Env are settings of all APIs, as NAME=value, beside those that the lab makes.
	Env []string
	// Transfers plays the programs that move data on the main database; nil: nobody moves any.
	Transfers *transfers.Options
	// Log takes what the lab has to say; nil: nothing is said.
	Log *slog.Logger
}

// SecondaryNames returns the names of n secondary sites.
func SecondaryNames(n int) []string {
	names := []string{"observatory", "institute"}
	for i := len(names) + 1; i <= n; i++ {
		names = append(names, fmt.Sprintf("site-%d", i))
	}
	return names[:n]
}

func (o Options) complete() (Options, error) {
	if len(o.Secondaries) == 0 {
		o.Secondaries = SecondaryNames(1)
	}
	if o.RestartAfter == 0 {
		o.RestartAfter = time.Second
	}
	if o.RedisMemory == 0 {
		o.RedisMemory = 1 << 30
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return o, fmt.Errorf("what starts an API: %w", err)
		}
		o.Command = []string{self, "serve"}
	}
	return o, o.validate()
}

func (o Options) validate() error {
	var failures []error
	slots := map[string]bool{slotName(MainSite): true}
	for _, name := range o.Secondaries {
		if err := (site.Site{Name: name, Type: site.Secondary}).Validate(); err != nil {
			failures = append(failures, err)
		}
		if slots[slotName(name)] {
			failures = append(failures, fmt.Errorf("site name %q: there is one of that name already", name))
		}
		slots[slotName(name)] = true
	}
	if o.APIs < 0 {
		failures = append(failures, fmt.Errorf("%d APIs: must not be negative", o.APIs))
	}
	if last := o.PortBase + 2 + (len(o.Secondaries)+1)*(4+o.APIs); o.PortBase < 0 || last > 65535 {
		failures = append(failures, fmt.Errorf("port base %d: all ports must be between 1 and 65535", o.PortBase))
	}
	return errors.Join(failures...)
}
