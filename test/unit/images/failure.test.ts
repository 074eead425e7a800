import { describe, expect, test } from "vitest";
import { tellingLine } from "../../../ci/images/failure.ts";

describe("the line of a failed command's output that says why", () => {
  const cases: readonly [name: string, output: string, line: string][] = [
    [
      "a check of the antdb image, below it what buildah makes of it",
      'STEP 8\nantdb image: bin/agent needs the library libssh2.so.1: add it\nsubprocess exited with status 1\nError: building at STEP "RUN sh": exit status 1\n',
      "bin/agent needs the library libssh2.so.1: add it",
    ],
    [
      "apt",
      "Reading\nE: Unable to locate package libssl4\nexit status 100\n",
      "E: Unable to locate package libssl4",
    ],
    ["buildah's own", "Error: no such image\n", "Error: no such image"],
    [
      "the Go compiler's first",
      "# x\n./main.go:4:2: undefined: a\n./main.go:9:2: undefined: b\n",
      "./main.go:4:2: undefined: a",
    ],
    [
      "only a wrapper",
      "error building at STEP 3: exit status 1\n",
      "error building at STEP 3: exit status 1",
    ],
    ["a progress bar", "10%\r100%\rfatal: disk full\r\n", "fatal: disk full"],
    ["nothing", "\n", "no output"],
  ];
  test.each(cases)("%s", (_name, output, line) => expect(tellingLine(output)).toBe(line));
});
