// What to type next, with the paths of this machine filled in.
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";

export interface Farewell {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  readonly namespace: string;
  readonly release: string;
  readonly imagesFile: string;
}

// Shell lines, not HTML: nothing is escaped, and a value that is missing is an error instead of a gap.
const template = Handlebars.compile<Farewell>(
  readFileSync(new URL("farewell.hbs", import.meta.url), "utf8"),
  {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  },
);

export const farewell = (facts: Farewell): string => template(facts);
