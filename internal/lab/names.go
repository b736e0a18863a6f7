package lab

import (
	"fmt"

	"github.com/ccatobs/opsdb/internal/lab/fakeresolver"
)

// startNames starts the services that know where objects are, for all sites.
func (l *Lab) startNames() error {
	port, err := l.ports.take()
	if err != nil {
		return err
	}
	if l.names, err = fakeresolver.Start(port); err != nil {
		return fmt.Errorf("the names of the lab: %w", err)
	}
	return nil
}

// nameSettings are the settings of an API that asks them.
func (l *Lab) nameSettings() map[string]string {
	return map[string]string{"SESAME_URL": l.names.SesameURL(), "NED_URL": l.names.NEDURL()}
}

// Names returns the services of the lab that know where objects are, whose failures can be chosen.
func (l *Lab) Names() *fakeresolver.Server { return l.names }
