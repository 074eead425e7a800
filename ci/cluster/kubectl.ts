// Which kubectl to use with clusters that are not made here: the user's own, else the one built here.
import { ensureTool } from "../tools/tool.ts";
import { succeeds } from "./run.ts";

export const findKubectl = async (): Promise<string> =>
  (await succeeds("kubectl", ["version", "--client"])) ? "kubectl" : ensureTool("kubectl");
