// Package discover finds out which presets a store has the telemetry of, and of which services, and proposes the definition of a
// catalog: a flow a service, with the SLIs of its preset. It asks a store few questions: which of the presets' metrics there are, and
// at most three about each preset that is recognised. Nothing is saved.
package discover
