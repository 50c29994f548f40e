// Package rollouts checks manifests of Argo Rollouts against its own types and conditions. It is a module of its own, since those need
// much of Kubernetes.
package rollouts
