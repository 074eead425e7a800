/** Ends an exhaustive switch: the compiler refuses a case that was forgotten, and a value from outside is named. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
