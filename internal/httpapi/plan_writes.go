package httpapi

import (
	"context"
	"errors"
	"reflect"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// newRecord is the creation of a numbered record, which people make in the main database, over the link from a secondary
// site. R is the record as handlers know it.
type newRecord[R any] struct {
	what    string  // a program
	key     *string // the Idempotency-Key
	dryRun  *bool
	reserve func(context.Context, *maindb.Queries) (int32, error) // takes a number; no row: what the record belongs to does not exist
	build   func(id int32) R
	steps   func(R) []buffer.Step
	find    func(ctx context.Context, id int32) (R, error) // as this site has it
}

// createRecord makes a record, or finds out whether it could be made. A request that was executed before gets the record
// as it is now. Errors: errs.NotFound for what it belongs to; errs.Conflict for a name that is taken; errs.Invalid for
// unknown references; errs.Unavailable without the main database.
func createRecord[R any](ctx context.Context, s *Server, n newRecord[R]) (R, buffer.Receipt, error) {
	var made R
	build := func(ctx context.Context, tx *buffer.Transaction) error {
		if tx.Seen() {
			return nil
		}
		var id int32
		err := s.buffer.Ask(ctx, func(ctx context.Context, q *maindb.Queries) (err error) {
			id, err = n.reserve(ctx, q)
			return noRow(err, "There is nothing that the %s could belong to.", n.what)
		})
		if err != nil {
			return err
		}
		made = n.build(id)
		tx.Number(id)
		tx.Add(n.steps(made)...)
		return nil
	}
	if value(n.dryRun) {
		x := exchangeOf(ctx)
		err := s.buffer.Rehearse(ctx, buffer.Request{Operation: x.operation.id, Principal: x.principal.Name}, build)
		return made, buffer.Receipt{}, planRefused(err)
	}
	receipt, err := s.write(ctx, n.key, build)
	if err != nil || !receipt.Replayed {
		return made, receipt, planRefused(err)
	}
	if err := s.caughtUp(ctx, receipt); err != nil {
		return made, receipt, err
	}
	id, found, err := s.buffer.Numbered(ctx, receipt.Transaction)
	if err == nil && found {
		made, err = n.find(ctx, id)
		err = noRow(err, "There is no %s %d.", n.what, id)
	}
	if err == nil && !found || errs.KindOf(err) == errs.NotFound {
		err = errs.New(errs.Conflict, "The %s was created by this very request before, and cannot be found any more.", n.what).
			Named("record-differs").Because(err)
	}
	return made, receipt, err
}

// recordChange is the change of a numbered record by people, in the main database.
type recordChange[R any] struct {
	what    string  // a program
	ifMatch *string // what If-Match demands
	read    func(context.Context, *maindb.Queries) (R, error)
	version func(*R) *int32
	change  func(*R)
	steps   func(R) []buffer.Step // for the record as it will be, with the version that it has now
}

// changeRecord replaces a record by what change makes of it, from what the main database has: what others change
// meanwhile stays, change runs again then. Nothing is written when nothing differs. Errors: errs.NotFound; errs.Conflict
// for a name that is taken, for a version that is not demanded and for a record that many change at once; errs.Invalid
// for unknown references; errs.Unavailable without the main database.
func changeRecord[R any](ctx context.Context, s *Server, c recordChange[R]) (next R, receipt buffer.Receipt, err error) {
	demanded := condition(c.ifMatch)
	star := c.ifMatch != nil && demanded == nil
	for range maxChanges {
		receipt, err = s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) error {
			var seen R
			err := s.buffer.Ask(ctx, func(ctx context.Context, q *maindb.Queries) (err error) {
				seen, err = c.read(ctx, q)
				return noRow(err, "There is no such %s.", c.what)
			})
			switch {
			case err != nil:
				return err
			case !matches(demanded, *versionTag(*c.version(&seen))), star && *c.version(&seen) == 0:
				return outdated() // the version 0 stands for no record: not even a star is about that
			}
			next = seen
			c.change(&next)
			if reflect.DeepEqual(next, seen) {
				return nil
			}
			tx.Add(c.steps(next)...)
			*c.version(&next)++
			return nil
		})
		if postgres.SQLState(err) != auth.VersionDiffers {
			return next, receipt, planRefused(err)
		}
	}
	return next, receipt, errs.New(errs.Conflict, "Others are changing the %s at this moment.", c.what).Named("record-differs").Because(err)
}

// noRow turns the lack of a row into errs.NotFound.
func noRow(err error, format string, args ...any) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.NotFound, format, args...).Because(err)
	}
	return err
}

// versionTag is the ETag of a record of a version.
func versionTag(version int32) *string { return new(strconv.Quote(strconv.Itoa(int(version)))) }

// planPointers are the fields that constraints of the plan are about.
var planPointers = map[string]string{
	"observing_program_short_name_key":                                "/short_name",
	"sub_observing_program_observing_program_id_short_name_key":       "/short_name",
	"obs_unit_observing_program_id_name_key":                          "/name",
	"obs_unit_observing_program_id_fkey":                              "/observing_program_id",
	"obs_unit_observing_program_id_sub_observing_program_id_fkey":     "/sub_observing_program_id",
	"obs_unit_source_id_fkey":                                         "/source_id",
	"obs_unit_obs_mode_id_fkey":                                       "/obs_mode_id",
	"obs_unit_observation_configuration_id_fkey":                      "/observation_configuration_id",
	"obs_unit_module_configuration_instrument_module_configurat_fkey": "/instrument_module_configuration_ids",
	"observation_configuration_name_key":                              "/name",
	"instrument_module_configuration_instrument_module_id_name_key":   "/name",
	"instrument_module_configuration_instrument_module_id_fkey":       "/instrument_module_id",
}

// elsewhere says of references that are to something of one record only what they may be to: it may well exist elsewhere.
var elsewhere = map[string]string{
	"obs_unit_observing_program_id_sub_observing_program_id_fkey": "is not a sub-program of this program",
}

// unknownReference turns the lack of a row that a request refers to into errs.Invalid.
func unknownReference(err error, pointer string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.Invalid, "The request refers to something that does not exist.").Named("reference-unknown").
			At(pointer, "does not exist")
	}
	return err
}

// planRefused names the field that the main database refuses: a name that is taken, or a reference to nothing.
func planRefused(err error) error {
	var database *pgconn.PgError
	if !errors.As(err, &database) {
		return err
	}
	pointer, ok := planPointers[database.ConstraintName]
	switch {
	case !ok:
		return err
	case database.Code == "23505":
		return errs.New(errs.Conflict, "Another record has this name.").Named("name-taken").Because(err).At(pointer, "is taken")
	case database.Code == "23503":
		detail, ok := elsewhere[database.ConstraintName]
		if !ok {
			detail = "does not exist"
		}
		return errs.New(errs.Invalid, "The request refers to something that does not exist.").Named("reference-unknown").Because(err).
			At(pointer, detail)
	default:
		return err
	}
}
