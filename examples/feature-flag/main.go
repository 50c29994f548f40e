// Command feature-flag turns a feature flag off when Grafana pages about a flow.
package main

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

// receiver takes the messages of a webhook contact point of Grafana.
type receiver struct {
	secret  string            // what Grafana states after "Bearer"
	labels  map[string]string // those of the alert that turns the flag off
	turnOff func() error
}

// ServeHTTP turns the flag off where an alert with the labels fires.
func (r receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	want, got := sha256.Sum256([]byte("Bearer "+r.secret)), sha256.Sum256([]byte(request.Header.Get("Authorization")))
	if r.secret == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		http.Error(w, "the secret is missing or wrong", http.StatusUnauthorized)
		return
	}
	var message struct {
		Alerts []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, request.Body, 1<<20)).Decode(&message); err != nil {
		http.Error(w, "this is no message of Grafana's webhook", http.StatusBadRequest)
		return
	}
	for _, alert := range message.Alerts {
		if alert.Status != "firing" || !r.matches(alert.Labels) {
			continue
		}
		if err := r.turnOff(); err != nil { // Grafana sends again what was not taken.
			log.Print(err)
			http.Error(w, "the flag could not be turned off", http.StatusBadGateway)
		}
		return
	}
}

// matches says whether an alert has all the labels; none has where none are stated.
func (r receiver) matches(labels map[string]string) bool {
	for name, value := range r.labels {
		if labels[name] != value {
			return false
		}
	}
	return len(r.labels) > 0
}

// post returns a function that POSTs to an address of a flag service.
func post(address, token string) func() error {
	client := &http.Client{Timeout: 10 * time.Second}
	return func() error {
		request, err := http.NewRequest(http.MethodPost, address, http.NoBody)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", token)
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		if err := response.Body.Close(); err != nil || response.StatusCode >= http.StatusMultipleChoices {
			return errors.Join(err, fmt.Errorf("the flag service answers %s", response.Status))
		}
		log.Print("The flag is off")
		return nil
	}
}

func main() {
	r := receiver{
		secret:  os.Getenv("WEBHOOK_SECRET"),
		labels:  map[string]string{"alertname": cmp.Or(os.Getenv("ALERT"), "Page"), "flow": cmp.Or(os.Getenv("FLOW"), "payment")},
		turnOff: post(os.Getenv("FLAG_OFF_URL"), os.Getenv("FLAG_TOKEN")),
	}
	if r.secret == "" || os.Getenv("FLAG_OFF_URL") == "" {
		log.Fatal("WEBHOOK_SECRET and FLAG_OFF_URL have to be set")
	}
	server := &http.Server{Addr: cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:8080"), Handler: r, ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
