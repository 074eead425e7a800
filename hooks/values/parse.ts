import { z } from "zod";
import { Failure } from "../model/failure.ts";
import { topologyFileSchema, type Values } from "./schema.ts";

/**
 * @param text content of topology.json
 * @param path where it came from, for the message
 * @throws Failure (terminal) that names every wrong field
 */
export function parseValues(text: string, path: string): Values {
  const refuse = (what: string, cause?: unknown): never => {
    throw new Failure(
      {
        class: "terminal",
        code: "bad-topology-file",
        what,
        object: path,
        remedy: "chart and hooks image must be of one version; helm get manifest shows what was rendered",
      },
      { cause },
    );
  };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : "unreadable"}`, error);
  }
  const result = topologyFileSchema.safeParse(raw);
  return result.success ? result.data : refuse(z.prettifyError(result.error).replaceAll(/\s*\n\s*/g, " "));
}
