{{range .}}{{.LicenseName}}	{{.LicensePath}}
{{end}}
