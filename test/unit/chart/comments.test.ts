import { describe, expect, it } from "vitest";
import { readComments } from "../../../ci/chart/comments.ts";

const documented = `# A preamble that belongs to nobody.

# --- Names ---
# nameOverride -- replaces a name
nameOverride: ""

# --- Roles ---
# dn -- datanodes
dn:
  # dn.replicas -- how many; empty: as many
  # as there were
  replicas: null
  # dn.resources -- requests
  resources: { limits: { cpu: "2" } }
`;

describe("the comments of values.yaml", () => {
  it("give each key its section, words and default; a map in braces is one value", () => {
    expect(readComments(documented)).toEqual({
      faults: [],
      values: [
        { path: ["nameOverride"], section: "Names", text: "replaces a name", default: '""' },
        { path: ["dn"], section: "Roles", text: "datanodes", default: undefined },
        {
          path: ["dn", "replicas"],
          section: "Roles",
          text: "how many; empty: as many as there were",
          default: "null",
        },
        {
          path: ["dn", "resources"],
          section: "Roles",
          text: "requests",
          default: '{ limits: { cpu: "2" } }',
        },
      ],
    });
  });

  it.each([
    ["a key without one", "a: 1\n", "line 1: a has no comment"],
    ["a key whose comment stands above another", "# a -- one\na: 1\nb: 2\n", "line 3: b has no comment"],
    ["an inner key without one", "# a -- one\na:\n  b: 1\n", "line 3: a.b has no comment"],
    ["one without a path", "# what a means\na: 1\n", "line 2: a has no comment"],
    ["one without words", "# a -- \na: 1\n", "line 2: a has no comment"],
    ["a misspelt path", "# aa -- one\na: 1\n", "line 1: the comment above a speaks of aa"],
    ["half a path", "# a -- one\na:\n  # b -- two\n  b: 1\n", "line 3: the comment above a.b speaks of b"],
    ["one above nothing", "# a -- one\na: 1\n# b -- two\n", "line 3: this comment stands above no key"],
    ["one cut off by an empty line", "# a -- one\n\na: 1\n", "line 3: a has no comment"],
  ])("%s is a fault, with its line", (_, text, fault) => {
    expect(readComments(text).faults[0]).toContain(fault);
  });
});
