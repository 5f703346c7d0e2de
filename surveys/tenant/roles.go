package tenant

// The roles, as grants and the database name them. What each may do is the matrix of surveys/permission.
const (
	Viewer        = "viewer"
	ServiceRole   = "service" // for one or more services, never for all
	FrontLine     = "frontline"
	Consultation  = "consultation"
	Equality      = "equality"
	Administrator = "administrator"
)

// Roles lists them in the order in which they are offered.
var Roles = []string{Viewer, ServiceRole, FrontLine, Consultation, Equality, Administrator}
