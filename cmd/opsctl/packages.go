package main

import (
	"context"
	"io"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) packages() *cobra.Command {
	return a.group("package", "Record and read packages of files", "Record and read packages: files of one execution and one instrument module that travel together.",
		a.packageCreate(), a.packageFinalize(), a.packageList(), a.packageShow())
}

func (a *app) packageCreate() *cobra.Command {
	var (
		w       writeFlags
		obs, id idFlag
		body    client.RawDataPackageCreate
		files   []string
	)
	c := a.command("create [flags]", "Create a package",
		"Creates a package and prints its id. Files that are registered already can be put into it at once.",
		`  package=$(opsctl package create --obs "$id" --module 1 --name f280.tar --path 17841/f280.tar)
  opsctl files add /data/17841 --obs "$id" --module 1 --package "$package"
  opsctl package finalize "$package"`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			body.ID, body.ExecutedObsUnitID = id.id, deref(obs.id)
			for _, text := range files {
				file, err := parseID(text)
				if err != nil {
					return err
				}
				body.RawDataFileIDs = append(body.RawDataFileIDs, file)
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			receipt, err := opsdb.Value[client.WriteReceipt](api.CreateRawDataPackageWithResponse(ctx, &client.CreateRawDataPackageParams{IdempotencyKey: nonZero(w.key)}, body))
			if err != nil {
				return err
			}
			return a.written(ctx, api, receipt, &w)
		})
	w.add(c)
	c.Flags().Var(&obs, "obs", "the execution")
	c.Flags().Int32Var(&body.InstrumentModuleID, "module", 0, "the instrument module")
	c.Flags().StringVar(&body.Name, "name", "", "the name of the package")
	c.Flags().StringVar(&body.RelativePath, "path", "", "where it is, relative, with forward slashes")
	c.Flags().Var(&id, "id", "an id of your own")
	c.Flags().StringArrayVar(&files, "file", nil, "the `ID` of a registered file to put into it; may be repeated")
	need(c, "obs", "module", "name", "path")
	return c
}

func (a *app) packageFinalize() *cobra.Command {
	var (
		w         writeFlags
		bytes     int64
		checksum  string
		algorithm *oneOf[client.ChecksumAlgorithm]
	)
	var c *cobra.Command
	c = a.command("finalize ID [flags]", "Mark a package complete",
		"Marks a package complete. It is finalized once: the same again is no error, something else is a conflict.",
		`  opsctl package finalize "$package" --size 178257920 --checksum "$(md5sum < f280.tar | cut -c-32)" --algorithm md5`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			body := client.RawDataPackageFinalize{SizeBytes: optional(c, "size", &bytes), Checksum: nonZero(checksum), ChecksumAlgorithm: algorithm.value}
			api, err := a.api()
			if err != nil {
				return err
			}
			receipt, err := opsdb.Value[client.WriteReceipt](api.FinalizeRawDataPackageWithResponse(ctx, id, &client.FinalizeRawDataPackageParams{IdempotencyKey: nonZero(w.key)}, body))
			if err != nil {
				return err
			}
			return a.written(ctx, api, receipt, &w)
		})
	w.add(c)
	c.Flags().Int64Var(&bytes, "size", 0, "its size in bytes")
	c.Flags().StringVar(&checksum, "checksum", "", "its checksum, with --algorithm")
	algorithm = enumFlag(c, "algorithm", "of the checksum", algorithms...)
	return c
}

func (a *app) packageList() *cobra.Command {
	var (
		p                     client.ListTransferRawPackagesParams
		obs                   idFlag
		module, program       int32
		most                  int
		state                 *oneOf[client.PackageState]
		status                *oneOf[client.PackageStatus]
		stage                 stageFlag
		stageStatus           *oneOf[client.TransferStatus]
		createdFrom, createdB timeFlag
	)
	c := a.command("list [flags]", "List packages with how far they have come",
		`Lists packages, the newest first, with their place in the pipeline: 0 filing, 1 packaging, 2 bundling, 3 transferring,
4 unpacking, 5 archiving. What is still in the buffer of the site is not in it; "opsctl obs show" has that.`,
		`  opsctl package list --state failed
  opsctl package list --stage transferring --stage-status failed
  opsctl package list --obs "$id" --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			p.State, p.Status, p.ExecutedObsUnitID = state.value, status.value, obs.id
			p.Stage, p.StageStatus = stage.number, stageStatus.value
			p.InstrumentModuleID, p.ObservingProgramID, p.Limit = nonZero(module), nonZero(program), pageSize(most)
			p.CreatedFrom, p.CreatedBefore = createdFrom.at, createdB.at
			items := opsdb.All(func(cursor *string) ([]client.PipelinePackage, nullable.Nullable[string], error) {
				p.Cursor = cursor
				page, err := opsdb.Value[client.PipelinePackagePage](api.ListTransferRawPackagesWithResponse(ctx, &p))
				return page.Items, page.NextCursor, err
			})
			return list(a, items, most, []string{"ID", "STATUS", "STATE", "STAGE", "SIZE", "CREATED", "PATH"}, func(p client.PipelinePackage) []string {
				return []string{p.ID.String(), string(p.Status), string(p.State), number(p.Stage) + " " + string(p.StageStatus), sizeOf(p.SizeBytes), clock(p.CreatedAt), p.RelativePath}
			})
		})
	state = enumFlag(c, "state", "only those that are", client.PackageStateWaiting, client.PackageStateTransferring, client.PackageStateArchived, client.PackageStateFailed)
	status = enumFlag(c, "status", "only those that are", client.PackageStatusBuilding, client.PackageStatusComplete)
	c.Flags().Var(&stage, "stage", "only those that stand at this stage, by its name or number")
	complete(c, "stage", stages...)
	stageStatus = enumFlag(c, "stage-status", "only those whose stage is", transferStatuses...)
	c.Flags().Var(&obs, "obs", "only those of this execution")
	c.Flags().Int32Var(&module, "module", 0, "only those of this instrument module")
	c.Flags().Int32Var(&program, "program", 0, "only those of this observing program")
	c.Flags().Var(&createdFrom, "from", "only those made then or later")
	c.Flags().Var(&createdB, "before", "only those made before")
	mostFlag(c, &most)
	return c
}

func sizeOf(n nullable.Nullable[int64]) string {
	bytes, err := n.Get()
	if err != nil {
		return ""
	}
	return size(bytes)
}

func (a *app) packageShow() *cobra.Command {
	return a.command("show ID", "Show a package with its files", "Shows a package with its files, also while it is on its way.",
		`  opsctl package show "$package"`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.RawDataPackageDetail, error) {
				return opsdb.Value[client.RawDataPackageDetail](api.GetRawDataPackageWithResponse(ctx, id, nil))
			}, func(w io.Writer, p client.RawDataPackageDetail) {
				facts(w, "id", p.ID.String(), "name", p.Name, "path", p.RelativePath, "execution", p.ExecutedObsUnitID.String(), "module", number(p.InstrumentModuleID),
					"status", string(p.Status), "state", string(p.State), "size", sizeOf(p.SizeBytes), "checksum", orZero(p.Checksum),
					"created", clock(p.CreatedAt), "finalized", clock(orZero(p.FinalizedAt)), "sync", string(p.Sync))
				showFiles(w, p.RawDataFiles)
			})
		})
}

// show reads one record by its id and shows it.
func show[T any](ctx context.Context, a *app, text string, read func(context.Context, *opsdb.Client, uuid.UUID) (T, error), people func(io.Writer, T)) error {
	id, err := parseID(text)
	if err != nil {
		return err
	}
	api, err := a.api()
	if err != nil {
		return err
	}
	record, err := read(ctx, api, id)
	if err != nil {
		return err
	}
	return a.show(record, func(w io.Writer) { people(w, record) })
}
