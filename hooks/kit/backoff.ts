/** Delays that grow by half each time, from `firstMs` to `mostMs`: short enough at first that a person does not notice. */
export function* backoffDelaysMs(firstMs: number, mostMs: number): Generator<number, never> {
  for (let delayMs = firstMs; ; delayMs = Math.min(mostMs, delayMs * 1.5)) yield Math.round(delayMs);
}
