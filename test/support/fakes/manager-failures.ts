import { Failure, type FailureClass } from "../../../hooks/model/failure.ts";

const failure = (kind: FailureClass, code: string, object: string, what: string): Failure =>
  new Failure({ class: kind, code, object, what });

/** The manager's messages, in the classes the adapter gives them. */
export const saying = {
  alreadyThere: (object: string, what: string): Failure => failure("retry", "already-there", object, what),
  refused: (object: string, what: string): Failure => failure("retry", "manager-error", object, what),
  rowFailed: (object: string, what: string): Failure => failure("retry", "manager-row-failed", object, what),
  notEmpty: (object: string): Failure =>
    failure("terminal", "volume-holds-data", object, 'directory "/var/lib/antdb/data" is not empty'),
  agentAway: (object: string, address: string): Failure =>
    failure("wait", "agent-unreachable", object, `[failed] agent on host(${address}) may be not running`),
  notRunning: (object: string): Failure =>
    failure("wait", "node-not-running", object, `${object} is not running`),
  stillRunning: (object: string): Failure =>
    failure("retry", "still-running", object, `"${object}" still running, please stop it before clean all`),
  notStreaming: (kind: string, object: string): Failure =>
    failure(
      "wait",
      "not-streaming",
      object,
      `the streaming replication of ${kind} "${object}" is not normal`,
    ),
  timedOut: (): Failure =>
    failure("unknown-outcome", "timed-out", "manager", "canceling statement due to statement timeout"),
  cut: (): Failure => failure("unknown-outcome", "connection-cut", "manager", "the connection was cut"),
  down: (address: string): Failure =>
    failure("wait", "manager-down", "manager", `nothing listens at ${address}`),
};
