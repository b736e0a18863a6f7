package buffer

import (
	"testing"
	"time"
)

func TestExecutionsOfTheLastMinuteAreSummed(t *testing.T) {
	var e executions
	begin := time.Now()
	for i := range 3 {
		e.add(landing{at: begin.Add(time.Duration(i) * rateWindow / 2), n: 10, elapsed: time.Second})
	}
	if e.n != 30 || e.took != 3*time.Second {
		t.Errorf("%d in %s, want 30 in 3s", e.n, e.took)
	}
	e.forget(begin.Add(rateWindow + time.Second))
	if e.n != 20 || e.took != 2*time.Second {
		t.Errorf("%d in %s after a minute, want 20 in 2s", e.n, e.took)
	}
	e.forget(begin.Add(3 * rateWindow))
	if e.n != 0 || e.took != 0 || len(e.landed) != 0 {
		t.Errorf("%d in %s of %d landings after three minutes, want none", e.n, e.took, len(e.landed))
	}
}

// The alarm of the process that executes is shown by the others, whatever they find in order themselves.
func TestAnAdoptedAlarmStays(t *testing.T) {
	var m monitor
	m.adopt(executorReport{Holder: "other", Alarm: "main database refuses"})
	m.setAlarm(alarmRedis, "")
	if m.report.Alarm != "main database refuses" {
		t.Errorf("the alarm is %q", m.report.Alarm)
	}
	m.setAlarm(alarmRedis, "it evicts")
	m.setAlarm(alarmRedis, "")
	if m.report.Alarm != "" {
		t.Errorf("an alarm of its own has not ended: %q", m.report.Alarm)
	}
}
