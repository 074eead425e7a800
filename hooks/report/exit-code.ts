import { assertNever } from "../kit/assert-never.ts";
import type { RunResult } from "../model/outcome.ts";

/** 0 done or nothing to do; 1 failed, worth a retry; 2 refused, a retry cannot help; 3 deadline, safe to run again but not by the Job, whose time is over. */
export type ExitCode = 0 | 1 | 2 | 3;

/** @param stopped the run was told to stop, as the pod of a drained host is: what it did not come to is worth a retry */
export function exitCodeOf(result: RunResult, stopped = false): ExitCode {
  switch (result.end) {
    case "converged":
      return 0;
    case "failed":
      return 1;
    case "refused":
      return 2;
    case "waiting":
    case "deadline":
      return stopped ? 1 : 3;
    default:
      return assertNever(result);
  }
}
