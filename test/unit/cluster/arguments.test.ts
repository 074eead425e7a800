import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../ci/cluster/arguments.ts";

const read = (line: string): unknown => parseArguments(line.split(" ").filter(Boolean));

describe("the cluster's command line", () => {
  test.each([
    ["", { verb: "help", name: "antdb" }],
    ["--help", { verb: "help", name: "antdb" }],
    ["up", { verb: "up", name: "antdb" }],
    ["up --name two --workers 4", { verb: "up", name: "two", workers: 4 }],
    ["--name=two up --subnet 10.200.0.0/16", { verb: "up", name: "two", subnet: "10.200" }],
    ["up --context prod", { verb: "up", name: "antdb", context: "prod" }],
    ["down --name two", { verb: "down", name: "two" }],
    ["load a.tar b.tar", { verb: "load", name: "antdb", files: ["a.tar", "b.tar"] }],
    ["host stop w2 --name two", { verb: "host", name: "two", action: "stop", host: "w2" }],
    ["exec w1 ls -l --name", { verb: "exec", name: "antdb", host: "w1", command: ["ls", "-l", "--name"] }],
    ["--name two exec w1 -- ls", { verb: "exec", name: "two", host: "w1", command: ["ls"] }],
  ])("%j is understood", (line, command) => {
    expect(read(line)).toEqual(command);
  });

  test.each([
    ["frob", 'there is no command "frob"'],
    ["up --bogus 1", "there is no option --bogus"],
    ["up --name", "--name needs a value"],
    ["up --name=", "--name needs a value"],
    ["up w1", 'up takes no "w1"'],
    ["up --workers 0", "--workers 0: give a number from 1 to 9"],
    ["up --workers 10", "--workers 10: give a number from 1 to 9"],
    ["up --workers 2x", "--workers 2x: give a number from 1 to 9"],
    ["down --workers 2", "--workers is for up"],
    ["load", "load needs at least one image archive"],
    ["host stop", "host needs one of stop, start, cut, join, freeze, thaw and a host"],
    ["host explode w1", "host needs one of stop, start, cut, join, freeze, thaw and a host"],
    ["host stop w1 w2", "host needs one of stop, start, cut, join, freeze, thaw and a host"],
    ["exec w1", "exec needs a host and a command"],
    ["up --name Two", '"Two" cannot name a cluster'],
    ["up --name ../x", '"../x" cannot name a cluster'],
    ["up --subnet 8.8.0.0/16", "--subnet 8.8.0.0/16: give a private /16"],
  ])("%j is refused in one line", (line, message) => {
    expect(() => read(line)).toThrow(message);
    expect(() => read(line)).not.toThrow("\n");
  });
});
