package auth

// breakGlassPermissions is what the operator for emergencies may do: run the site's observations and its buffer. Users and
// tokens are the main site's, which is out of reach then.
var breakGlassPermissions = []string{
	"configure:system", "delete:observations", "manage:transactions", "read:account", "read:observations", "read:system",
	"read:transactions", "write:observations",
}

// breakGlassPrincipal is who a session of an operator for emergencies stands for.
func breakGlassPrincipal(c claims) Principal {
	return Principal{
		Name: c.Name, Roles: []string{}, Permissions: breakGlassPermissions, Credential: ByBreakGlass, SessionID: c.SessionID,
		Expires: &c.Expires,
	}
}
