package sky

import "time"

// dayBegin is when an observing day begins, after the midnight of its date in UTC: at noon of mean local time at the
// telescope. The function day_obs_begin of the database is the same.
const dayBegin = 16*time.Hour + 31*time.Minute

// DayBegin returns when the observing day of a date begins.
func DayBegin(date time.Time) time.Time {
	y, m, d := date.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(dayBegin)
}

// DayOf returns the date of the observing day of a time, at midnight UTC.
func DayOf(at time.Time) time.Time { return at.UTC().Add(-dayBegin).Truncate(24 * time.Hour) }
