/** Events, not prose: static names and fields. No field ever carries a secret. */
export type LogEvent =
  | {
      readonly event: "run-started";
      readonly command: string;
      readonly version: string;
      readonly deadlineMs: number;
    }
  | {
      readonly event: "observed";
      readonly durationMs: number;
      readonly pods: number;
      readonly nodesUp: number;
      readonly members: number;
    }
  | { readonly event: "planned"; readonly stage: string; readonly steps: number; readonly leftAlone: number }
  | {
      readonly event: "action-started";
      readonly action: string;
      readonly target: string;
      readonly reason: string;
    }
  | {
      readonly event: "action-done";
      readonly action: string;
      readonly target: string;
      readonly durationMs: number;
    }
  | {
      readonly event: "action-failed";
      readonly action: string;
      readonly target: string;
      readonly durationMs: number;
      readonly class: string;
      readonly code: string;
      readonly what: string;
    }
  | {
      readonly event: "left-alone";
      readonly object: string;
      readonly reason: string;
      readonly remedy?: string;
    }
  /** The gentle way failed again and again, and there is no other: why not. */
  | { readonly event: "no-fallback"; readonly refused: string; readonly why: string }
  | { readonly event: "waiting"; readonly for: string; readonly object: string; readonly elapsedMs: number }
  | { readonly event: "manager-notice"; readonly severity: string; readonly text: string }
  | {
      readonly event: "lease";
      readonly state: "acquired" | "held-by-other" | "lost" | "released";
      readonly holder: string;
    }
  | {
      readonly event: "verified";
      readonly coordinator: string;
      readonly rows: number;
      readonly durationMs: number;
    }
  | { readonly event: "tried"; readonly what: string; readonly at: string; readonly durationMs: number }
  | {
      readonly event: "watching";
      readonly version: string;
      readonly intervalMs: number;
      readonly port: number;
    }
  | {
      readonly event: "pass-ended";
      readonly end: string;
      readonly durationMs: number;
      readonly done: readonly string[];
      readonly line: string;
      readonly leftAlone: readonly string[];
    }
  | { readonly event: "bell-restarted"; readonly why: string; readonly pauseMs: number }
  | { readonly event: "event-not-written"; readonly reason: string; readonly why: string }
  | {
      readonly event: "run-ended";
      readonly end: string;
      readonly exitCode: number;
      readonly durationMs: number;
      readonly line: string;
    };

export type LogLevel = "info" | "warn" | "error";
export interface Log {
  write(level: LogLevel, event: LogEvent): void;
}
