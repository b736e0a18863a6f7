package visibility

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
)

// State is that of a job.
type State string

// The states.
const (
	Running   State = "running"
	Succeeded State = "succeeded"
	Cancelled State = "cancelled"
	Failed    State = "failed"
	Lost      State = "lost" // its process has ended
)

// Plan is what a job computes.
type Plan struct {
	First  time.Time // date of the first observing day
	Days   int
	Limits sky.Limits
}

// Job is a computation ahead.
type Job struct {
	ID          uuid.UUID
	State       State
	Plan        Plan
	Done, Total int // months of single targets
	RequestedBy string
	StartedAt   time.Time
	ChangedAt   time.Time
	EndedAt     *time.Time
	Detail      string
}

// task is a job with what it needs.
type task struct {
	job     Job
	targets []sky.Target
}

const (
	// MaxWork bounds a job: months of single targets, of less than a kilobyte each.
	MaxWork = 30_000
	// together is how many targets of a month are computed before the job says how far it is.
	together = 50

	claimLife = 30 * time.Second
	tellAgain = time.Second
	jobsKept  = 20
	jobsLife  = 7 * 24 * time.Hour

	noteJobs   = "visibility_jobs"
	noteClaim  = "visibility_job"
	noteCancel = "visibility_cancel:"
)

// Start begins a job, which Run executes. Errors: errs.Conflict (job-running) when this site has one already; errs.Invalid
// for more than MaxWork; errs.Unavailable when Redis is away.
func (p *Planner) Start(ctx context.Context, by string, plan Plan, targets []sky.Target) (Job, error) {
	total := len(targets) * len(months(plan.First, plan.Days))
	if total > MaxWork {
		return Job{}, errs.New(errs.Invalid, "That is too much at once: take fewer days.").At("/to", "is too far away for so many sources")
	}
	now := time.Now().UTC()
	job := Job{ID: uuid.Must(uuid.NewV7()), State: Running, Plan: plan, Total: total, RequestedBy: by, StartedAt: now, ChangedAt: now}
	mine, err := p.board.Claim(ctx, noteClaim, job.ID.String(), claimLife)
	if err != nil {
		return Job{}, err
	}
	if !mine {
		return Job{}, errs.New(errs.Conflict, "This site computes something ahead already.").Named("job-running")
	}
	if err := p.post(ctx, job); err != nil {
		return Job{}, errors.Join(err, p.board.Release(ctx, noteClaim, job.ID.String()))
	}
	select {
	case p.work <- task{job, targets}:
		return job, nil
	default:
		// The process ends: nobody takes work any more.
		refusal := errs.New(errs.Unavailable, "This process ends.").After(time.Second)
		return Job{}, errors.Join(refusal, p.board.Release(ctx, noteClaim, job.ID.String()))
	}
}

// Run executes jobs until ctx ends.
func (p *Planner) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-p.work:
			p.execute(ctx, t)
		}
	}
}

// execute works on a job and says how it ended. It survives nothing: what is left undone is said, and not continued.
func (p *Planner) execute(ctx context.Context, t task) {
	err := p.compute(ctx, &t)
	t.job.EndedAt = new(time.Now().UTC())
	switch {
	case err == nil:
		t.job.State = Succeeded
	case ctx.Err() != nil:
		t.job.State, t.job.Detail = Lost, "Its process has ended."
	case errors.Is(err, errStopped):
		t.job.State, t.job.Detail = Cancelled, "Somebody has cancelled it."
	default:
		t.job.State, t.job.Detail = Failed, "It could not go on; the log of the site says why."
		p.log.WarnContext(ctx, "the visibility is not computed ahead", "job_id", t.job.ID, "error", err)
	}
	if err := p.tell(ctx, t.job); err != nil {
		p.log.WarnContext(ctx, "nobody learns how a job ended", "job_id", t.job.ID, "error", err)
	}
}

// tell says how a job ended, and again while Redis is away and the process goes on, for as long as the job has its claim: who
// looks then takes it for one that is still running.
func (p *Planner) tell(ctx context.Context, job Job) error {
	for until := time.Now().Add(claimLife); ; {
		lasting := context.WithoutCancel(ctx)
		err := errors.Join(p.post(lasting, job), p.board.Release(lasting, noteClaim, job.ID.String()))
		if err == nil || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
		select {
		case <-time.After(tellAgain):
		case <-ctx.Done():
		}
	}
}

func (p *Planner) compute(ctx context.Context, t *task) error {
	for _, m := range months(t.job.Plan.First, t.job.Plan.Days) {
		for some := range slices.Chunk(t.targets, together) {
			if _, err := p.month(ctx, noteClaim, some, m, t.job.Plan.Limits); err != nil {
				return err
			}
			t.job.Done += len(some)
			if err := p.progress(ctx, &t.job); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// progress says how far a job is. It fails with errStopped when it was cancelled.
func (p *Planner) progress(ctx context.Context, job *Job) error {
	mine, err := p.board.Renew(ctx, noteClaim, job.ID.String(), claimLife)
	if err != nil {
		return err
	}
	if !mine {
		return errors.New("another process took over")
	}
	cancelled, err := p.board.Read(ctx, noteCancel+job.ID.String())
	if err != nil {
		return err
	}
	if cancelled != nil {
		return errStopped
	}
	job.ChangedAt = time.Now().UTC()
	return p.post(ctx, *job)
}

// Jobs returns the last jobs of the site, the newest first.
func (p *Planner) Jobs(ctx context.Context) ([]Job, error) {
	// Before and behind: neither what has ended meanwhile nor what has begun looks lost.
	before, err := p.board.Read(ctx, noteClaim)
	if err != nil {
		return nil, err
	}
	jobs, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	behind, err := p.board.Read(ctx, noteClaim)
	if err != nil {
		return nil, err
	}
	for i := range jobs {
		if id := jobs[i].ID.String(); jobs[i].State == Running && id != string(before) && id != string(behind) {
			jobs[i].State, jobs[i].Detail, jobs[i].EndedAt = Lost, "Its process has ended.", new(jobs[i].ChangedAt)
		}
	}
	return jobs, nil
}

// Job returns one of Jobs. It fails with errs.NotFound.
func (p *Planner) Job(ctx context.Context, id uuid.UUID) (Job, error) {
	jobs, err := p.Jobs(ctx)
	if err != nil {
		return Job{}, err
	}
	for _, job := range jobs {
		if job.ID == id {
			return job, nil
		}
	}
	return Job{}, errs.New(errs.NotFound, "There is no job %s.", id)
}

// Cancel tells a job to stop, whichever process works on it. One that has ended stays as it is.
func (p *Planner) Cancel(ctx context.Context, id uuid.UUID) (Job, error) {
	job, err := p.Job(ctx, id)
	if err != nil || job.State != Running {
		return job, err
	}
	return job, p.board.Post(ctx, noteCancel+id.String(), []byte("cancelled"), jobsLife)
}

func (p *Planner) read(ctx context.Context) ([]Job, error) {
	text, err := p.board.Read(ctx, noteJobs)
	if err != nil || text == nil {
		return nil, err
	}
	var jobs []Job
	return jobs, json.Unmarshal(text, &jobs)
}

// post writes a job into the list. Only who holds the claim does, so nobody else writes meanwhile.
func (p *Planner) post(ctx context.Context, job Job) error {
	jobs, err := p.read(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(jobs, func(j Job) bool { return j.ID == job.ID }); i >= 0 {
		jobs[i] = job
	} else {
		jobs = slices.Insert(jobs, 0, job)
	}
	text, err := json.Marshal(jobs[:min(len(jobs), jobsKept)])
	if err != nil {
		return err
	}
	return p.board.Post(ctx, noteJobs, text, jobsLife)
}
