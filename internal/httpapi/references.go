package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
)

// references gathers, while a write is built, whether what it refers to is known. A site refuses an unknown reference
// only while its copy of the main database is provably fresh; otherwise the write is accepted and checked when it is
// executed.
type references struct {
	tx         *buffer.Transaction
	exchange   *exchange
	fresh      bool
	unverified bool
	wrong      []errs.Field
	impossible []errs.Field
}

// refer begins the references of one build. What the overlay could not be asked about may well exist.
func (s *Server) refer(ctx context.Context, tx *buffer.Transaction) *references {
	return &references{tx: tx, exchange: exchangeOf(ctx), fresh: s.buffer.Glance().Fresh}
}

// note takes in one lookup; cause is why it could not be made.
func (r *references) note(found bool, cause error, pointer, what string) {
	switch {
	case found:
	case cause == nil && r.fresh && !r.tx.Seen() && r.exchange.header.Get(headerDegraded) == "":
		r.wrong = append(r.wrong, errs.Field{Pointer: pointer, Detail: what + " does not exist"})
	default:
		r.unverified = true
	}
}

// noteID takes in the lookup of an id among those that are missing.
func (r *references) noteID(id int32, missing []int32, cause error, pointer, what string) {
	r.note(!slices.Contains(missing, id), cause, pointer, fmt.Sprintf("%s %d", what, id))
}

// contradict notes a reference to something that is known and does not fit.
func (r *references) contradict(pointer, detail string) {
	if !r.tx.Seen() {
		r.impossible = append(r.impossible, errs.Field{Pointer: pointer, Detail: detail})
	}
}

// refused returns errs.Invalid when something does not exist or does not fit.
func (r *references) refused() error {
	var e *errs.Error
	switch {
	case len(r.wrong) > 0:
		e = errs.New(errs.Invalid, "The request refers to something that does not exist.").Named("reference-unknown")
	case len(r.impossible) > 0:
		e = errs.New(errs.Invalid, "The request refers to something that does not fit.")
	default:
		return nil
	}
	e.Fields = append(r.wrong, r.impossible...)
	e.Fields = e.Fields[:min(len(e.Fields), maxFindings)]
	return e
}

// verdict is what the answer says. What was executed was checked by the main database.
func (r *references) verdict(receipt buffer.Receipt) api.References {
	executed := receipt.State == buffer.Committed || receipt.State == buffer.Replicated
	if r.unverified && !executed {
		return api.ReferencesUnverified
	}
	return api.ReferencesVerified
}

func (d Deps) knownObsUnits(ctx context.Context, ids []int32) ([]int32, error) {
	return d.Replica.KnownObsUnits(ctx, replicadb.KnownObsUnitsParams{IDs: ids})
}

func (d Deps) knownModules(ctx context.Context, ids []int32) ([]int32, error) {
	return d.Replica.KnownInstrumentModules(ctx, replicadb.KnownInstrumentModulesParams{IDs: ids})
}

// referFiles looks up what files refer to. pointer leads to a file in the request's body.
func (s *Server) referFiles(ctx context.Context, r *references, files []api.RawDataFileCreate, pointer func(int) string) {
	var (
		modules              []int32
		executions, packages []uuid.UUID
	)
	for _, f := range files {
		modules = append(modules, f.InstrumentModuleID)
		executions = append(executions, f.ExecutedObsUnitID)
		if f.RawDataPackageID != nil {
			packages = append(packages, *f.RawDataPackageID)
		}
	}
	missing, noModules := s.modules.missing(ctx, modules)
	known, look, noExecutions := lookMany(ctx, s, manyExecutions, executions)
	parents, lookParents, noPackages := lookMany(ctx, s, manyPackages, packages)
	r.tx.Saw(look)
	r.tx.Saw(lookParents)
	for i, f := range files {
		r.noteID(f.InstrumentModuleID, missing, noModules, pointer(i)+"/instrument_module_id", "instrument module")
		_, ok := known[f.ExecutedObsUnitID]
		r.note(ok, noExecutions, pointer(i)+"/executed_obs_unit_id", "execution "+f.ExecutedObsUnitID.String())
		if f.RawDataPackageID == nil {
			continue
		}
		parent, ok := parents[*f.RawDataPackageID]
		r.note(ok, noPackages, pointer(i)+"/raw_data_package_id", "package "+f.RawDataPackageID.String())
		if ok && parent.Row.ExecutedObsUnitID != f.ExecutedObsUnitID {
			r.contradict(pointer(i)+"/raw_data_package_id", "the package is of another execution")
		}
	}
}

// referPackage looks up what a new package refers to.
func (s *Server) referPackage(ctx context.Context, r *references, b *api.RawDataPackageCreate) {
	missing, err := s.modules.missing(ctx, []int32{b.InstrumentModuleID})
	r.noteID(b.InstrumentModuleID, missing, err, "/instrument_module_id", "instrument module")
	known, look, err := lookMany(ctx, s, manyExecutions, []uuid.UUID{b.ExecutedObsUnitID})
	r.tx.Saw(look)
	_, ok := known[b.ExecutedObsUnitID]
	r.note(ok, err, "/executed_obs_unit_id", "execution "+b.ExecutedObsUnitID.String())
}

// referAssigned looks up the files of a package and returns their ids, each file's first one and once, and those that are known.
// They must be of its execution and in no package; one that is complete takes no more.
func (s *Server) referAssigned(
	ctx context.Context, r *references, id uuid.UUID, complete bool, b *api.RawDataPackageCreate,
) (ids []uuid.UUID, files []replicadb.RawDataFile) {
	first, noAliases := s.firstIDs(ctx, b.RawDataFileIDs)
	known, look, err := lookMany(ctx, s, manyFiles, slices.Collect(maps.Values(first)))
	r.tx.Saw(look)
	seen := map[uuid.UUID]bool{}
	for i, fileID := range b.RawDataFileIDs {
		pointer := "/raw_data_file_ids/" + strconv.Itoa(i)
		file, ok := known[first[fileID]]
		r.note(ok, cmp.Or(err, noAliases), pointer, "file "+fileID.String())
		if !seen[first[fileID]] {
			seen[first[fileID]] = true
			ids = append(ids, first[fileID])
			if ok {
				files = append(files, file.Row)
			}
		}
		if !ok {
			continue
		}
		if file.Row.ExecutedObsUnitID != b.ExecutedObsUnitID {
			r.contradict(pointer, "the file is of another execution")
		}
		switch in := file.Row.RawDataPackageID; {
		case in != nil && *in != id:
			r.contradict(pointer, "the file is in package "+in.String())
		case in == nil && complete:
			r.contradict(pointer, "the package is complete without the file")
		}
	}
	return ids, files
}

// firstIDs returns for each id of a file the one under which it is recorded: a file that was registered more than once has
// many. When the replica does not answer, the error says so, and an id stands for itself.
func (s *Server) firstIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	first := make(map[uuid.UUID]uuid.UUID, len(ids))
	for _, id := range ids {
		first[id] = id
	}
	aliased, err := s.replica.GetAliasedRawDataFiles(ctx, replicadb.GetAliasedRawDataFilesParams{IDs: ids})
	for _, a := range aliased {
		first[a.Alias] = a.RawDataFile.ID
	}
	return first, err
}
