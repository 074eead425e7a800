/** Startup options that keep statements, and the verifiers in some of them, out of the server's log, also when one fails. */
export const quietLog =
  "-c log_statement=none -c log_min_error_statement=panic -c log_min_duration_statement=-1";
