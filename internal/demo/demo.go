package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/servers"
)

// replicationTime is how long the writes may take to be replicated after the night.
const replicationTime = time.Minute

// Options say how the night is played and watched.
type Options struct {
	Lab    lab.Options
	Length time.Duration       // of the night
	Dir    string              // where demo.json and demo-acks.jsonl are written
	Out    io.Writer           // a terminal is drawn on, anything else gets lines
	Plain  bool                // lines even on a terminal
	Getenv func(string) string // TERM and NO_COLOR count
}

// Run starts a lab, plays the night in it, and ends it. It fails when anything acknowledged was lost or doubled, when not
// all of it is replicated in time, and when ctx ends; nothing is left running then, either.
func Run(ctx context.Context, o Options) error {
	began := time.Now()
	screen := newScreen(o.Out, o.Plain, o.Getenv)
	screen.say("Starting two sites: main database, replica, two Redis servers, four APIs …")
	if err := forget(o.Dir); err != nil {
		return err
	}
	o.Lab.Transfers = &moving
	l, err := lab.Start(ctx, o.Lab)
	if err != nil {
		return whenInterrupted(ctx, err)
	}
	report, err := play(ctx, l, o, screen, began)
	if err != nil {
		return errors.Join(whenInterrupted(ctx, err), l.Close())
	}
	return errors.Join(report.failure(), l.Close())
}

// whenInterrupted returns err unless it comes of an interrupt: that is not worth many words.
func whenInterrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// forget removes what an earlier night left, so that nobody takes it for this one's.
func forget(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{reportName, acksName} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// performance is a night under way.
type performance struct {
	night       Night
	options     Options
	lab         *lab.Lab
	site        string // the observatory's name
	screen      *screen
	cologne     *station
	observatory *station
	main        database
	replica     database
	names       catalogue
	acks        *ackFile
	clock       clock
	watch       *watch
	began       time.Time
}

// play plays the night in a lab with one secondary site and reports. An error is a failure of the demo itself.
func play(ctx context.Context, l *lab.Lab, o Options, screen *screen, began time.Time) (report Report, err error) {
	p := &performance{options: o, lab: l, site: l.Describe().Sites[1].Name, screen: screen, began: began}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.open(ctx); err != nil {
		return report, err
	}
	if err := p.perform(ctx); err != nil {
		return report, err
	}
	return p.conclude(ctx)
}

// open makes the connections of the demo's own and reads the plan.
func (p *performance) open(ctx context.Context) (err error) {
	if p.night, err = ReadNight(); err != nil {
		return err
	}
	if p.cologne, err = openStation(p.lab.Site(lab.MainSite)); err != nil {
		return err
	}
	if p.observatory, err = openStation(p.lab.Site(p.site)); err != nil {
		return err
	}
	if p.main, err = openDatabase(ctx, p.lab.Site(lab.MainSite).Database); err != nil {
		return err
	}
	if p.replica, err = openDatabase(ctx, p.lab.Site(p.site).Database); err != nil {
		return err
	}
	if p.names, err = p.replica.catalogue(ctx, p.night); err != nil {
		return err
	}
	p.acks, err = createAckFile(filepath.Join(p.options.Dir, acksName))
	return err
}

func (p *performance) close() error {
	p.screen.settle()
	var failures []error
	for _, s := range []*station{p.cologne, p.observatory} {
		if s != nil {
			s.close()
		}
	}
	for _, d := range []database{p.main, p.replica} {
		failures = append(failures, d.close())
	}
	if p.acks != nil {
		failures = append(failures, p.acks.close())
	}
	return errors.Join(failures...)
}

// perform plays the night and waits until everything is replicated, for a while.
func (p *performance) perform(ctx context.Context) (err error) {
	p.screen.say("Ready after %s. The night's %s of data are made at one millionth of", seconds(time.Since(p.began)), bytesText(p.night.bytes()))
	p.screen.say("their size, with true checksums. One answer in %d gets lost on its way.", loseEvery)
	p.screen.say("")
	data, err := servers.NewDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Remove()) }()

	p.clock = startClock(p.night, p.options.Length)
	p.watch = p.newWatch()
	group, ctx := errgroup.WithContext(ctx)
	over := make(chan struct{})
	group.Go(func() error { return p.watch.run(ctx, over, p.screen.show) })
	group.Go(func() error {
		defer close(over)
		return p.pass(ctx, data.Path)
	})
	return group.Wait()
}

// pass lets the night pass: the scripts work, things fail, and in the end everything is replicated.
func (p *performance) pass(ctx context.Context, data string) error {
	scripts := &staff{
		night: p.night, names: p.names, site: p.site, station: p.observatory, acks: p.acks, clock: p.clock, data: data, progress: p.watch,
	}
	group, working := errgroup.WithContext(ctx)
	group.Go(func() error { return p.makeFaults(working) })
	group.Go(func() error { return scripts.work(working) })
	if err := group.Wait(); err != nil {
		return err
	}
	// What is not replicated in time shows in the result.
	patient, cancel := context.WithTimeout(ctx, replicationTime)
	defer cancel()
	if err := lab.Until(patient, "everything is replicated", p.watch.idle); err != nil && ctx.Err() != nil {
		return err
	}
	p.watch.enter("the night is over")
	return nil
}

func (p *performance) newWatch() *watch {
	w := &watch{
		site: p.site, clock: p.clock, acks: p.acks, station: p.observatory, link: p.lab.Link(p.site), main: p.main, replica: p.replica,
		apis:   func(holder string) string { return apiOf(p.lab.PIDs(), p.site, holder) },
		marked: func(m mark) { p.screen.say("%5.1f s  %s", m.at.Seconds(), m.text) },
	}
	w.view = view{
		title: p.night.Title, phase: "the link is up", planned: p.night.writes(), expected: p.options.Length * 11 / 10,
	}
	for _, name := range p.night.instruments() {
		w.view.instruments = append(w.view.instruments, activity{name: name})
	}
	return w
}

// conclude reads the night from both sites, compares the client's answers with both databases and says what came of it.
func (p *performance) conclude(ctx context.Context) (Report, error) {
	p.screen.show(p.watch.present())
	p.screen.settle()
	report := p.watch.report()
	ctx, cancel := context.WithTimeout(ctx, replicationTime)
	defer cancel()
	acks, err := readAcks(filepath.Join(p.options.Dir, acksName))
	if err != nil {
		return report, err
	}
	all, err := p.observed(ctx, acks)
	if err != nil {
		return report, err
	}
	main, err := p.main.rows(ctx)
	if err != nil {
		return report, fmt.Errorf("main database: %w", err)
	}
	replica, err := p.replica.rows(ctx)
	if err != nil {
		return report, fmt.Errorf("replica: %w", err)
	}
	report.judge(all, compare(acks, main), compare(acks, replica))
	report.Seconds = inSeconds(time.Since(p.began))
	width, _ := p.screen.size()
	stages, err := p.main.stages(ctx)
	if err != nil {
		return report, fmt.Errorf("main database: %w", err)
	}
	p.screen.lines(slices.Concat(table(all, width), []line{{}, stages.line(), {}}, report.verdict(p.options.Dir)))
	return report, errors.Join(report.write(p.options.Dir), p.screen.err)
}

// observed asks both sites for every observation; the ids are those of the client's own answers.
func (p *performance) observed(ctx context.Context, acks []ack) ([]observed, error) {
	var all []observed
	for _, a := range acks {
		if a.Kind != "startExecutedObsUnit" {
			continue
		}
		start := a.Records[0]
		i := slices.IndexFunc(p.night.Observations, func(o Observation) bool { return o.Title == start.Content["comment"] })
		o := observed{observation: p.night.Observations[i]}
		var err error
		if o.cologne, err = p.cologne.ask(ctx, start.ID); err != nil {
			return nil, err
		}
		if o.observatory, err = p.observatory.ask(ctx, start.ID); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}
