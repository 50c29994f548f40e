// Package kubernetes checks the examples of how Grafana is run with cer: the manifests here, the values for Grafana's chart in
// ../helm and the configuration for Terraform in ../terraform. It renders and decodes them by the code of Kustomize, the types of
// Kubernetes and the language of Terraform, and loads what they hold in cer. It is a module of its own, since those need much.
package kubernetes
