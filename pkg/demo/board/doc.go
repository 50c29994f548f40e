// Package board knows of Grafana what is needed to tell which texts and colours a dashboard's panels show of the frames of an answer,
// so that tests can say so without a browser: how a panel's field configuration is laid over that of the frames, value mappings,
// thresholds, and what each kind of panel shows where there is nothing. It follows Grafana 10.1.5.
package board
