// Package replay says what objectives and policies would have done: it replays the states of a flow over the last days from its
// telemetry. Calibrate does so for a number of objectives, and Backtest for a definition beside another one.
package replay
