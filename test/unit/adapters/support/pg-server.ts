import { createServer, type Socket } from "node:net";
import { once } from "node:events";

/** What the server answers to one query text. */
export type Reply =
  | { readonly rows: readonly Readonly<Record<string, string | null>>[]; readonly notices?: readonly Said[] }
  | { readonly error: Said & { readonly code: string } }
  /** Says nothing more, as a node does that waits for its gtm. */
  | "silence"
  /** Ends the connection in the middle. */
  | "cut";

interface Said {
  readonly severity: string;
  readonly message: string;
}

export interface Script {
  /** Refuses the login with this SQLSTATE, or never answers it. */
  readonly login?: { readonly code: string; readonly message: string } | "silence";
  readonly reply: (
    text: string,
    session: { readonly database: string; readonly number: number },
  ) => Reply | readonly Reply[];
}

export interface PgServer extends AsyncDisposable {
  readonly port: number;
  /** Every query text in order of arrival, with the session it came from. */
  readonly seen: { readonly session: number; readonly text: string }[];
  readonly open: () => number;
}

/** A server that speaks just enough of PostgreSQL's protocol (docs: protocol-message-formats) to say what a script wants, also the wrong things. */
export async function startPgServer(script: Script): Promise<PgServer> {
  const sockets = new Set<Socket>();
  const seen: { session: number; text: string }[] = [];
  let sessions = 0;
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    sessions += 1;
    serve(socket, sessions, script, seen);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    seen,
    open: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(
  socket: Socket,
  number: number,
  script: Script,
  seen: { session: number; text: string }[],
): void {
  let buffer: Buffer = Buffer.alloc(0);
  let database: string | undefined;
  const start = (body: Buffer): void => {
    database = /\0database\0([^\0]*)/.exec(body.toString("latin1"))?.[1] ?? "";
    if (script.login === "silence") return;
    if (script.login === undefined) socket.write(Buffer.concat([message("R", int32(0)), ready]));
    else socket.end(error({ severity: "FATAL", ...script.login }));
  };
  const query = (text: string): void => {
    seen.push({ session: number, text });
    answer(socket, script.reply(text, { database: database ?? "", number }));
  };
  socket.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const packet = firstPacket(buffer, database === undefined);
      if (packet === undefined) return;
      buffer = packet.rest;
      if (packet.type === "") start(packet.body);
      else if (packet.type === "Q") query(packet.body.subarray(0, -1).toString());
      else if (packet.type === "X") socket.end();
    }
  });
}

/** The startup packet alone has no type byte. */
function firstPacket(
  buffer: Buffer,
  startup: boolean,
): { readonly type: string; readonly body: Buffer; readonly rest: Buffer } | undefined {
  const head = startup ? 0 : 1;
  if (buffer.length < head + 4) return undefined;
  const end = head + buffer.readInt32BE(head);
  if (buffer.length < end) return undefined;
  const type = startup ? "" : buffer.toString("latin1", 0, 1);
  return { type, body: buffer.subarray(head + 4, end), rest: buffer.subarray(end) };
}

function answer(socket: Socket, replies: Reply | readonly Reply[]): void {
  for (const reply of Array.isArray(replies) ? (replies as readonly Reply[]) : [replies as Reply]) {
    if (reply === "silence") return;
    if (reply === "cut") {
      socket.destroy();
      return;
    }
    if ("error" in reply) {
      socket.write(error(reply.error));
      break;
    }
    for (const said of reply.notices ?? [])
      socket.write(fields("N", { S: said.severity, V: said.severity, C: "00000", M: said.message }));
    socket.write(table(reply.rows));
  }
  socket.write(ready);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const ready = message("Z", Buffer.from("I"));
const fields = (type: string, values: Readonly<Record<string, string>>): Buffer =>
  message(type, ...Object.entries(values).map(([key, value]) => text(key + value)), Buffer.from([0]));
const error = ({
  severity,
  code,
  message: said,
}: {
  severity: string;
  code: string;
  message: string;
}): Buffer => fields("E", { S: severity, V: severity, C: code, M: said });

function table(rows: readonly Readonly<Record<string, string | null>>[]): Buffer {
  const columns = Object.keys(rows[0] ?? {});
  const description = columns.map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
  );
  const data = rows.map((row) => {
    const values = columns.map((name) => {
      const value = row[name] ?? null;
      return value === null
        ? int32(-1)
        : Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]);
    });
    return message("D", int16(columns.length), ...values);
  });
  const head = columns.length === 0 ? [] : [message("T", int16(columns.length), ...description)];
  return Buffer.concat([...head, ...data, message("C", text(`SELECT ${rows.length}`))]);
}
