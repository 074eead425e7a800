// Command netpol-judge says which traffic NetworkPolicies let through, by cyclonus's matcher: no cluster is asked.
//
// It reads one JSON object from its standard input, {"policies": […], "questions": […]}, and prints a JSON array with
// true or false for each question. A question is {"from": pod, "to": pod, "port": 5432, "protocol": "TCP"}; a pod
// without a namespace is an address outside the cluster.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

type pod struct {
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	Labels          map[string]string `json:"labels"`
	IP              string            `json:"ip"`
}

type question struct {
	From     pod         `json:"from"`
	To       pod         `json:"to"`
	Port     int         `json:"port"`
	Protocol v1.Protocol `json:"protocol"`
}

type request struct {
	Policies  []*networkingv1.NetworkPolicy `json:"policies"`
	Questions []question                    `json:"questions"`
}

func (p pod) peer() *matcher.TrafficPeer {
	if p.Namespace == "" {
		return &matcher.TrafficPeer{IP: p.IP}
	}
	return &matcher.TrafficPeer{IP: p.IP, Internal: &matcher.InternalPeer{
		PodLabels:       p.Labels,
		NamespaceLabels: p.NamespaceLabels,
		Namespace:       p.Namespace,
	}}
}

func run(in io.Reader, out io.Writer) error {
	var asked request
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("standard input is not a request: %w", err)
	}
	policy := matcher.BuildNetworkPolicies(false, asked.Policies)
	answers := make([]bool, 0, len(asked.Questions))
	for _, q := range asked.Questions {
		traffic := &matcher.Traffic{Source: q.From.peer(), Destination: q.To.peer(), ResolvedPort: q.Port, Protocol: q.Protocol}
		answers = append(answers, policy.IsTrafficAllowed(traffic).IsAllowed())
	}
	return json.NewEncoder(out).Encode(answers)
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "netpol-judge:", err)
		os.Exit(1)
	}
}
