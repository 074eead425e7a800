/** One answer of the health endpoint. */
export interface Answer {
  readonly status: 200 | 404 | 503;
  readonly type: string;
  readonly body: string;
}

/** Called for each GET, with the path alone. */
export type Respond = (path: string) => Answer;
