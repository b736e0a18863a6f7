package httpapi

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// GetPreferences reads the caller's preferences.
func (s *Server) GetPreferences(ctx context.Context, _ api.GetPreferencesRequestObject) (api.GetPreferencesResponseObject, error) {
	known, err := s.lookPreferences(ctx, exchangeOf(ctx).principal.UserID)
	if err != nil {
		return nil, err
	}
	var body api.Preferences
	if known.Found {
		if err := json.Unmarshal(known.Row.Document, &body); err != nil {
			return nil, err
		}
	}
	return api.GetPreferences200JSONResponse{Body: body, Headers: api.GetPreferences200ResponseHeaders{ETag: preferencesTag(known)}}, nil
}

func (s *Server) lookPreferences(ctx context.Context, user uuid.UUID) (Merged[replicadb.UserPreference], error) {
	return lookOne(ctx, s, one[replicadb.UserPreference]{ops.TablePreferences, ops.Preferences, preferenceRows}, user)
}

func preferenceRows(ctx context.Context, db *replicadb.Queries, users []uuid.UUID) ([]replicadb.UserPreference, error) {
	return db.GetUserPreferences(ctx, replicadb.GetUserPreferencesParams{IDs: users})
}

// preferencesTag is the ETag of preferences: when they were set, "0" for never.
func preferencesTag(m Merged[replicadb.UserPreference]) *string {
	at := int64(0)
	if m.Found {
		at = m.Row.UpdatedAt.UnixMicro()
	}
	return new(strconv.Quote(strconv.FormatInt(at, 36)))
}

// PutPreferences replaces the caller's preferences.
func (s *Server) PutPreferences(ctx context.Context, r api.PutPreferencesRequestObject) (api.PutPreferencesResponseObject, error) {
	user := exchangeOf(ctx).principal.UserID
	if user == uuid.Nil {
		return nil, errs.New(errs.Forbidden, "The operator for emergencies has no preferences.")
	}
	document, err := json.Marshal(r.Body)
	if err != nil {
		return nil, err
	}
	demanded := condition(r.Params.IfMatch)
	p := maindb.PutUserPreferencesParams{UserID: user, Document: document}
	receipt, err := s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) error {
		p.UpdatedAt = instant(time.Now())
		if demanded != nil {
			known, err := s.lookPreferences(ctx, user)
			tx.Saw(known.Look)
			if err != nil {
				return err
			}
			if !matches(demanded, *preferencesTag(known)) {
				return outdated()
			}
			// The zero value is a time at which nobody has set anything.
			p.Expected = &known.Row.UpdatedAt
		}
		tx.Add(ops.PutPreferences.With(p))
		return nil
	})
	if postgres.SQLState(err) == auth.VersionDiffers {
		return nil, outdated().Because(err)
	}
	if err != nil {
		return nil, err
	}
	now := Merged[replicadb.UserPreference]{Row: replicadb.UserPreference{UpdatedAt: p.UpdatedAt}, Found: true}
	return api.PutPreferences200JSONResponse{Body: *r.Body, Headers: api.PutPreferences200ResponseHeaders{
		ETag: preferencesTag(now), OpsPosition: position(receipt),
	}}, nil
}
